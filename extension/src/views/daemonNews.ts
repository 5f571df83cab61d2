import type { ClientState } from "../daemon/daemonClient.js";

/** News of a restart are old after this time. */
const newsMs = 60_000;

/** What stands above the servers: that the daemon is away, does not answer, or took the place of another one a moment ago. */
export class DaemonNews {
  private instance: string | undefined;
  private restartedAtMs: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly show: (message: string) => void) {}

  /** Whether it is another daemon than the last one. */
  take(state: ClientState): boolean {
    clearTimeout(this.timer);
    if (state.kind !== "connected") {
      const isLost = state.kind === "connecting" && this.instance !== undefined;
      this.show(isLost ? "The daemon has ended; looking for another one…" : "");
      return false;
    }
    const { instance } = state.connection.discovery;
    const isOther = instance !== this.instance;
    if (isOther && this.instance !== undefined) this.restartedAtMs = Date.now();
    this.instance = instance;
    this.show(state.silent ? "The daemon does not answer." : this.restartNews());
    return isOther;
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private restartNews(): string {
    if (this.restartedAtMs === undefined) return "";
    const leftMs = this.restartedAtMs + newsMs - Date.now();
    if (leftMs <= 0) return "";
    this.timer = setTimeout(() => this.show(""), leftMs);
    return `The daemon had ended and was started again at ${new Date(this.restartedAtMs).toLocaleTimeString()}.`;
  }
}
