import { syncBuiltinESMExports } from "node:module";
import { setImmediate as nextTurn } from "node:timers/promises";
import { InvalidArgumentError } from "../errors.js";
import { patience } from "../link/debugged.js";

/**
 * Loads a module so that it can only fail: a call of `process.exit`, an error that a timer or a promise throws meanwhile, and
 * an endless top-level `await` reject the promise instead of ending or blocking the thread. For one load at a time, while
 * nothing else runs in the thread.
 */
export async function loadGuarded<Loaded>(load: () => Promise<Loaded>, timeLimitMs: number): Promise<Loaded> {
  const trap = failureTrap();
  const timer = setTimeout(() => trap.fail(tooSlow(timeLimitMs)), patience(timeLimitMs));
  try {
    const loaded = await Promise.race([trap.failed, load()]);
    // A promise that the module left rejected is reported after the microtasks of this turn.
    await nextTurn();
    return await Promise.race([trap.failed, Promise.resolve(loaded)]);
  } finally {
    clearTimeout(timer);
    trap.remove();
  }
}

interface FailureTrap {
  failed: Promise<never>;
  fail: (error: unknown) => void;
  remove: () => void;
}

function failureTrap(): FailureTrap {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, not called
  const exit = process.exit;
  process.exit = (code) => {
    const error = exitCalled(code);
    fail(error);
    throw error;
  };
  syncBuiltinESMExports();
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  const remove = () => {
    process.exit = exit;
    syncBuiltinESMExports();
    process.off("uncaughtException", fail);
    process.off("unhandledRejection", fail);
  };
  return { failed, fail, remove };
}

function exitCalled(code: string | number | null | undefined): InvalidArgumentError {
  return new InvalidArgumentError(
    `it called process.exit(${code ?? ""}) while it was loaded; a script that ends the process can't stand in a folder of agents`,
  );
}

function tooSlow(timeLimitMs: number): InvalidArgumentError {
  return new InvalidArgumentError(
    `it was not loaded after ${timeLimitMs / 1000} s: a top-level await does not end. ` +
      "Move what takes long to the setup() of the agent",
  );
}
