import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface ExampleRun {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Starts a compiled example as a person does: `node examples/dist/NAME …`, and types `input`, if it is given. */
export function startExample(name: string, args: readonly string[] = [], input?: string): ExampleRun {
  const script = fileURLToPath(new URL(`../dist/${name}`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.on("error", () => {}).end(input);
  const output = { stdout: "", stderr: "" };
  if (child.stdout === null || child.stderr === null) throw new Error(`${script} could not be started`);
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...output }));
  return { child, ended };
}

export function runExample(name: string, args: readonly string[] = [], input?: string) {
  return startExample(name, args, input).ended;
}
