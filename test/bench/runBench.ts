import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BenchReport } from "./benchProcessReport.js";
import type { Figure } from "./figure.js";

export interface RunBenchOptions {
  readonly quick: boolean;
  readonly onProgress: (text: string) => void;
}

const benchProcess = fileURLToPath(new URL("./benchProcess.js", import.meta.url));

/** Runs a bench in a process of its own, and leaves none of the processes behind that it reported. */
export function runBench(name: string, options: RunBenchOptions): Promise<readonly Figure[]> {
  return new Promise((resolve, reject) => {
    const started = new Set<number>();
    let outcome: BenchReport | undefined;
    // Standard output is the figures' alone: what the bench prints goes to standard error.
    const child = fork(benchProcess, options.quick ? [name, "--quick"] : [name], {
      stdio: ["ignore", process.stderr, "inherit", "ipc"],
      env: benchEnvironment(process.env),
    });
    child.on("message", (message: BenchReport) => {
      if (message.kind === "progress") options.onProgress(message.text);
      else if (message.kind === "started") started.add(message.pid);
      else outcome = message;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const pid of started) kill(pid);
      if (outcome?.kind === "figures") resolve(outcome.figures);
      else if (outcome?.kind === "failed") reject(new Error(outcome.reason));
      else reject(new Error(`the bench's process ended without figures (${signal ?? `exit code ${code}`})`));
    });
  });
}

/**
 * On Node 20 NODE_EXTRA_CA_CERTS costs every process tens of milliseconds at its start, ours and the yardstick's: away. And a daemon
 * of the one who measures is not to watch.
 */
function benchEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = environment;
  return { ...rest, AGENTSCOPE_STUDIO_URL: "off" };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone, as it should be.
  }
}
