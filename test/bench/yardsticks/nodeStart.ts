import { spawn } from "node:child_process";

/** The yardstick of starting: milliseconds from the spawn of a Node that has nothing to do to its end. */
export function nodeStartMs(): Promise<number> {
  const beganAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
    child.on("error", reject);
    child.on("exit", () => resolve(performance.now() - beganAt));
  });
}
