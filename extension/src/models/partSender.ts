import { type EditorAnswerPart, editorModelParts } from "agentscope-distributed-daemon/protocol";
import type { DaemonConnection } from "../daemon/daemonConnection.js";

/** So many characters may wait while others are on their way. */
const mostWaiting = 64 * 1024;

/** Sends an answer in parts: one message is on its way at a time, and what comes meanwhile goes with the next. */
export class PartSender {
  private waiting: EditorAnswerPart[] = [];
  private waitingSize = 0;
  private sending: Promise<void> | undefined;

  constructor(
    private readonly callId: string,
    private readonly connection: Pick<DaemonConnection, "request">,
  ) {}

  /** Resolves when more may be given. @throws DaemonFailure */
  async send(part: EditorAnswerPart): Promise<void> {
    const last = this.waiting.at(-1);
    if (part.type === "text" && last?.type === "text") last.text += part.text;
    else this.waiting.push(part.type === "text" ? { ...part } : part);
    this.waitingSize += part.type === "text" ? part.text.length : 0;
    if (!this.sending) this.begin();
    else if (this.waitingSize > mostWaiting) await this.sending;
  }

  /** Resolves when all has arrived. @throws DaemonFailure */
  async end(): Promise<void> {
    while (this.sending) await this.sending;
  }

  private begin(): void {
    this.sending = this.sendAll();
    // Whoever waits is told; it may be that nobody does at this moment.
    this.sending.catch(() => {});
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const parts = this.waiting;
      this.waiting = [];
      this.waitingSize = 0;
      await this.connection.request(editorModelParts, { callId: this.callId, parts });
    }
    this.sending = undefined;
  }
}
