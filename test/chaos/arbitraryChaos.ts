import * as fc from "fast-check";
import { hasPrlimit } from "../processes/descriptors.js";
import type { DaemonFault } from "./faultyDaemon.js";
import type { Fault } from "./faultyServer.js";

/** A call of one of the agents; `after`: it is given the result of an earlier one, counted back from it. */
export interface PlannedCall {
  agent: number;
  after: number | undefined;
  large: boolean;
  /** The event loop turns before the next one. */
  turn: boolean;
}

export interface Chaos {
  /** Of each agent, the server that it is on. */
  agents: number[];
  calls: PlannedCall[];
  faults: { afterMs: number; server: number; fault: Fault }[];
  /** Of the daemon that the servers are known to, and by which one of them is reached. */
  daemonFaults: { afterMs: number; fault: DaemonFault }[];
}

const duration = fc.integer({ min: 5, max: 300 });
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fault>({ kind: "cut" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("delay" as const),
      forMs: duration,
      byMs: fc.integer({ min: 1, max: 100 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("throttle" as const),
      forMs: duration,
      bytesPerSecond: fc.constantFrom(2000, 50_000, 1_000_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("garble" as const), forMs: duration }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("freeze" as const), forMs: duration }) },
  { weight: 2, arbitrary: fc.constant<Fault>({ kind: "kill" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      byMs: fc.integer({ min: -86_400_000, max: 86_400_000 }),
    }),
  },
  {
    weight: hasPrlimit ? 2 : 0,
    arbitrary: fc.record({ kind: fc.constant("descriptors" as const), forMs: duration }),
  },
);

const daemonFault: fc.Arbitrary<DaemonFault> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("freeze" as const), forMs: duration }) },
  {
    weight: hasPrlimit ? 2 : 0,
    arbitrary: fc.record({ kind: fc.constant("descriptors" as const), forMs: duration }),
  },
  { weight: 1, arbitrary: fc.constantFrom<DaemonFault>({ kind: "kill" }, { kind: "restart" }) },
);

/** Any program of agents that pass results on, and what goes wrong meanwhile. */
export function arbitraryChaos({ serverCount }: { serverCount: number }): fc.Arbitrary<Chaos> {
  const server = fc.nat(serverCount - 1);
  return fc.array(server, { minLength: 1, maxLength: 5 }).chain((agents) =>
    fc.record({
      agents: fc.constant(agents),
      calls: fc.array(
        fc.record({
          agent: fc.nat(agents.length - 1),
          after: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
          large: fc.nat(15).map((any) => any === 0),
          turn: fc.boolean(),
        }),
        { minLength: 1, maxLength: 200, size: "max" },
      ),
      faults: fc.array(fc.record({ afterMs: fc.nat(60), server, fault }), { minLength: 1, maxLength: 6 }),
      daemonFaults: fc.array(fc.record({ afterMs: fc.nat(60), fault: daemonFault }), { maxLength: 2 }),
    }),
  );
}
