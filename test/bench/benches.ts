import type { Bench } from "./bench.js";
import { chain } from "./benches/chain.js";
import { create } from "./benches/create.js";
import { curves } from "./benches/curves.js";
import { daemon } from "./benches/daemon.js";
import { dag } from "./benches/dag.js";
import { latency } from "./benches/latency.js";
import { million } from "./benches/million.js";
import { models } from "./benches/models.js";
import { peers } from "./benches/peers.js";
import { payload } from "./benches/payload.js";
import { soak } from "./benches/soak.js";
import { speedup } from "./benches/speedup.js";
import { start } from "./benches/start.js";
import { throughput } from "./benches/throughput.js";
import { watch } from "./benches/watch.js";

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [
  latency,
  throughput,
  watch,
  chain,
  dag,
  start,
  payload,
  peers,
  create,
  speedup,
  models,
  daemon,
  million,
  curves,
  soak,
];
