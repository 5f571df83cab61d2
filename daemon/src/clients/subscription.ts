import { studioErrorCode } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import type { StreamEvent } from "../protocol/index.js";
import type { OpenView, View } from "./view.js";

/** Events of one subscription are at least so far apart. */
const leastPauseMs = 100;

/** Where events go. */
export interface Receiver {
  send(event: StreamEvent): void;
  /** Settles when the other end reads what it was sent, or is gone. */
  untilRoom(): Promise<void>;
  /** Nothing follows. */
  over(): void;
}

/**
 * One view of one client.
 *
 * What is sent is asked for when it can be sent: a client that does not read costs nothing but the memory of what has changed, and is
 * told the latest when it reads again.
 */
export class Subscription implements Disposable {
  private readonly view: View;
  private isChanged = false;
  private isSending = false;
  private isOver = false;
  private timer: NodeJS.Timeout | undefined;
  private lastSentMs = -Infinity;

  constructor(
    open: OpenView,
    private readonly receiver: Receiver,
  ) {
    this.view = open(() => this.changed());
    this.changed();
  }

  [Symbol.dispose](): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.view[Symbol.dispose]();
  }

  private changed(): void {
    this.isChanged = true;
    if (this.isOver || this.isSending || this.timer !== undefined) return;
    const pauseMs = Math.max(0, this.lastSentMs + leastPauseMs - performance.now());
    this.timer = setTimeout(() => void this.send(), pauseMs);
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    this.isSending = true;
    await this.receiver.untilRoom();
    this.isChanged = false;
    try {
      const event = this.isOver ? undefined : await this.view.next();
      if (event !== undefined && !this.isOver) this.receiver.send(event);
    } catch (thrown) {
      this.failed(StudioError.from(thrown));
    }
    this.lastSentMs = performance.now();
    this.isSending = false;
    if (this.isChanged) this.changed();
  }

  /** What can't be had now is tried again with the next change; what is gone does not come back. */
  private failed({ code, message }: StudioError): void {
    if (this.isOver || code === studioErrorCode.unreachable) return;
    this.receiver.send({ kind: "ended", reason: message });
    this[Symbol.dispose]();
    this.receiver.over();
  }
}
