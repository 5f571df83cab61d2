import { InvalidArgumentError } from "../errors.js";
import { type ChannelLimits, defaultChannelLimits, maxChunkBytes } from "../link/channelLimits.js";

/** What a server takes at the most; each refusal names the limit, its value and the option. */
export interface ServerLimits extends ChannelLimits {
  /** Agents of the server; each worker takes its share. Default 2,000,000. */
  maxAgents: number;
  /** Calls of one agent that have not ended. Default 100,000. */
  maxQueueLength: number;
  /** Connections of callers. Default 10,000. */
  maxConnections: number;
  /** How long a connection stays on which nothing is called: also of one that never says what it wants. In seconds. Default 60. */
  idleConnectionSeconds: number;
}

export const defaultServerLimits: ServerLimits = {
  maxAgents: 2_000_000,
  maxQueueLength: 100_000,
  maxConnections: 10_000,
  ...defaultChannelLimits,
  idleConnectionSeconds: 60,
};

/**
 * Limits as they are given, with defaults for the others.
 *
 * @throws InvalidArgumentError naming the one that can't be used.
 */
export function serverLimits(given: { [Limit in keyof ServerLimits]?: number | undefined }): ServerLimits {
  const limits = { ...defaultServerLimits };
  for (const name of Object.keys(defaultServerLimits) as (keyof ServerLimits)[]) {
    const value = given[name] ?? defaultServerLimits[name];
    if (!(Number.isSafeInteger(value) && value > 0)) {
      throw new InvalidArgumentError(`${name} is ${value}; it must be a whole number above 0`);
    }
    limits[name] = value;
  }
  if (limits.chunkBytes > maxChunkBytes) {
    throw new InvalidArgumentError(`chunkBytes is ${limits.chunkBytes}; it can be ${maxChunkBytes} at the most`);
  }
  return limits;
}
