import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Collects what nothing refers to, and lets those hear of it who want to. */
export async function collectGarbage(): Promise<void> {
  gc();
  await nextTurn();
}

/** Collects garbage until a condition holds that depends on it, or time is over: then what nothing refers to is gone. */
export async function collectUntil(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 100 && !condition(); round++) {
    await collectGarbage();
  }
}
