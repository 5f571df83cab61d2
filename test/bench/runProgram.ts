import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface ProgramRun<Output> {
  /** The first line that the program printed. */
  readonly output: Output;
  /** From its spawn to that line. */
  readonly fromSpawnMs: number;
}

/** Runs a script of `programs/` as a person does, `node script.js …`, to its end. */
export async function runProgram<Output>(
  name: string,
  args: readonly (string | number)[],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<ProgramRun<Output>> {
  const script = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
  const beganAt = performance.now();
  const program = spawn(process.execPath, [script, ...args.map(String)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let run: ProgramRun<Output> | undefined;
  createInterface(program.stdout).on("line", (line) => {
    run ??= { output: JSON.parse(line) as Output, fromSpawnMs: performance.now() - beganAt };
  });
  const [code, signal] = (await once(program, "close")) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`${name} ended with ${signal ?? `exit code ${code}`}`);
  if (!run) throw new Error(`${name} printed nothing`);
  return run;
}
