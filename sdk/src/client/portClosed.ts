import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 10;

/** Waits until nothing accepts connections at a port. False: something still did when the time was over. */
export async function portClosed({
  host,
  port,
  timeoutMs,
}: {
  host: string;
  port: number;
  timeoutMs: number;
}): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const leftMs = end - performance.now();
    if (leftMs <= 0) return false;
    if (!(await accepts({ host, port, timeoutMs: leftMs }))) return true;
    await sleep(pauseMs);
  }
}

async function accepts({ host, port, timeoutMs }: { host: string; port: number; timeoutMs: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: Math.max(1, timeoutMs) });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    // Neither accepted nor refused: not known to be closed.
    socket.once("timeout", () => end(true));
  });
}
