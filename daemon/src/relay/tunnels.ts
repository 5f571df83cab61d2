import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { StudioError } from "../errors.js";

/** How long a server may take to open a tunnel that it was asked for. */
const openMs = 10_000;

/** Tunnels that servers were asked for and have not opened yet, of all relays. */
export class Tunnels {
  private readonly expected = new Map<string, (end: Duplex | StudioError) => void>();

  /**
   * Asks for a tunnel, by an id that nobody can guess.
   *
   * @param options `ask` sends the id to the server (false: it can't be told); `signal`: it is not wanted any more.
   * @throws StudioError when it was not opened in time.
   */
  async open({
    ask,
    signal,
    timeoutMs = openMs,
  }: {
    ask: (tunnelId: string) => boolean;
    signal: AbortSignal;
    timeoutMs?: number;
  }): Promise<Duplex> {
    const tunnelId = randomUUID();
    const end = await new Promise<Duplex | StudioError>((resolve) => {
      const late = () => resolve(StudioError.unreachable(`the server opened no tunnel within ${timeoutMs} ms`));
      const timer = setTimeout(late, timeoutMs);
      const leave = () => resolve(StudioError.unreachable("who wanted the tunnel is gone"));
      this.expected.set(tunnelId, (tunnel) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", leave);
        resolve(tunnel);
      });
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      else if (!ask(tunnelId)) resolve(StudioError.unreachable("the server is not connected to the daemon"));
    });
    this.expected.get(tunnelId)?.(end);
    this.expected.delete(tunnelId);
    if (end instanceof StudioError) throw end;
    return end;
  }

  /**
   * A server has opened a tunnel. @returns whether it was expected; then it is taken, else it is for the caller to end.
   *
   * An id is good for one tunnel.
   */
  take(tunnelId: string, tunnel: Duplex): boolean {
    const resolve = this.expected.get(tunnelId);
    if (resolve === undefined) return false;
    this.expected.delete(tunnelId);
    resolve(tunnel);
    return true;
  }

  get waiting(): number {
    return this.expected.size;
  }
}
