import type { Bench } from "./bench.js";
export const benches: readonly Bench[] = [];
