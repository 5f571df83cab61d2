import { init, RpcAgentServerLauncher, type DistOptions } from "agentscope-distributed";
import { Environment } from "./agents/environment.js";
import { Player } from "./agents/player.js";
import type { SimulationOptions } from "./commandLine.js";

/** Where the agents go, in turn: options of `toDist`. */
export interface Places extends AsyncDisposable {
  readonly all: readonly DistOptions[];
}

/** More than are waited for at once: results that were read are released in batches. */
const poolSizeOf = (inFlight: number): number => Math.max(8_192, 4 * inFlight);

/** Starts what the options want, and ends it when the places are disposed of. */
export async function openPlaces({ where, servers, address, inFlight }: SimulationOptions): Promise<Places> {
  if (address.length > 0) return { all: address, [Symbol.asyncDispose]: async () => {} };
  if (where === "local") {
    init({ target: "local" });
    return { all: [{}], [Symbol.asyncDispose]: async () => {} };
  }
  const maxPoolSize = poolSizeOf(inFlight);
  if (where === "children") {
    init({ maxChildServers: servers });
    return { all: Array.from({ length: servers }, () => ({ maxPoolSize })), [Symbol.asyncDispose]: async () => {} };
  }
  const launchers = Array.from(
    { length: servers },
    () => new RpcAgentServerLauncher({ customAgentClasses: [Player, Environment], maxPoolSize }),
  );
  await Promise.all(launchers.map((launcher) => launcher.launch()));
  return {
    all: launchers.map(({ host, port }) => ({ host, port })),
    async [Symbol.asyncDispose]() {
      await Promise.all(launchers.map((launcher) => launcher.shutdown()));
    },
  };
}
