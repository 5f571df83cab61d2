import type { HostEvents } from "../runtime/agentHost.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import type { AgentEntry, FromWorker } from "./workerMessages.js";

/** Tells the I/O thread which agents there are, in batches, and which are busy, by a bit each. */
export class AgentReports implements HostEvents {
  private made: AgentEntry[] = [];
  private makers: string[] = [];
  private deleted: string[] = [];
  private scheduled = false;

  constructor(
    private readonly busy: Uint8Array,
    private readonly post: (message: FromWorker) => void,
  ) {}

  agentMade({ id, name, className, number, spec }: HostedAgent): void {
    this.made.push([id, name, className, number, this.placeOf(spec.maker ?? ""), this.placeOf(spec.holder ?? "")]);
    this.schedule();
  }

  /** Mostly the same for all of a batch: told once. */
  private placeOf(instance: string): number {
    const place = this.makers.lastIndexOf(instance);
    return place < 0 ? this.makers.push(instance) - 1 : place;
  }

  agentDeleted({ id }: HostedAgent): void {
    this.deleted.push(id);
    this.schedule();
  }

  callBegun({ number }: HostedAgent): void {
    const index = number >> 3;
    this.busy[index] = (this.busy[index] ?? 0) | (1 << (number & 7));
  }

  callEnded({ number }: HostedAgent): void {
    const index = number >> 3;
    this.busy[index] = (this.busy[index] ?? 0) & ~(1 << (number & 7));
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    // Before what is answered to those who made or deleted them: who has heard of an agent finds it in lists.
    queueMicrotask(() => {
      this.scheduled = false;
      this.post(["agents", { made: this.made, makers: this.makers, deleted: this.deleted }]);
      this.made = [];
      this.makers = [];
      this.deleted = [];
    });
  }
}

/** Bytes of the bits: agents numbered higher than these allow are never known to be busy. */
export const busyBytes = 1024 * 1024;

/** Whether the bit of an agent is set. */
export function isBusy(busy: Uint8Array, number: number): boolean {
  return ((busy[number >> 3] ?? 0) & (1 << (number & 7))) !== 0;
}
