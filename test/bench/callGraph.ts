/** One call of a graph: which agent, how long its turn takes, and the earlier calls whose results it is given. */
export interface GraphCall {
  readonly agent: number;
  readonly durationMs: number;
  /** Indices of earlier calls. */
  readonly inputs: readonly number[];
}

/**
 * The time that the graph takes where calls and messages cost nothing: each call begins when its inputs are there and its
 * agent has done the calls that were made before. Calls stand in the order in which they are made.
 */
export function criticalPathMs(calls: readonly GraphCall[]): number {
  const finished: number[] = [];
  const agentFree = new Map<number, number>();
  for (const call of calls) {
    const ready = Math.max(0, ...call.inputs.map((input) => finished[input] ?? Number.NaN));
    const end = Math.max(ready, agentFree.get(call.agent) ?? 0) + call.durationMs;
    finished.push(end);
    agentFree.set(call.agent, end);
  }
  return Math.max(0, ...finished);
}

export interface RandomGraphOptions {
  readonly calls: number;
  readonly agents: number;
  /** The same seed gives the same graph. */
  readonly seed: number;
}

const shortestMs = 5;
const longestMs = 60;
const mostInputs = 3;
/** Inputs are drawn from the calls made lately, so that the graph is neither one chain nor a heap of lone calls. */
const inputWindow = 200;

export function randomGraph(options: RandomGraphOptions): GraphCall[] {
  const random = randomNumbers(options.seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: options.calls }, (_, index) => {
    const inputs = Array.from({ length: below(mostInputs + 1) }, () => index - 1 - below(inputWindow));
    return {
      agent: below(options.agents),
      durationMs: shortestMs + below(longestMs - shortestMs + 1),
      inputs: [...new Set(inputs.filter((input) => input >= 0))],
    };
  });
}

/** Mulberry32: small, and the same numbers everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
