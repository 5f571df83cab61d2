import type { HostEvents } from "../runtime/agentHost.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import type { AgentReport, FromWorker } from "./workerMessages.js";

/** Tells the I/O thread which agents there are, in batches, and which are busy, by a bit each. */
export class AgentReports implements HostEvents {
  private report: AgentReport | undefined;

  constructor(
    private readonly busy: Uint8Array,
    private readonly post: (message: FromWorker) => void,
  ) {}

  agentMade({ id, name, className, number, spec: { maker = "", holder = "" } }: HostedAgent): void {
    const { made, names, numbers, kinds, kindsOfMade } = this.next();
    made.push(id);
    names.push(name);
    numbers.push(number);
    const known = kindsOfMade.findLastIndex(
      (kind) => kind.className === className && kind.maker === maker && kind.holder === holder,
    );
    kinds.push(known < 0 ? kindsOfMade.push({ className, maker, holder }) - 1 : known);
  }

  agentDeleted({ id }: HostedAgent): void {
    this.next().deleted.push(id);
  }

  callBegun({ number }: HostedAgent): void {
    const index = number >> 3;
    this.busy[index] = (this.busy[index] ?? 0) | (1 << (number & 7));
  }

  callEnded({ number }: HostedAgent): void {
    const index = number >> 3;
    this.busy[index] = (this.busy[index] ?? 0) & ~(1 << (number & 7));
  }

  /** What is told next. */
  private next(): AgentReport {
    if (this.report === undefined) {
      this.report = { made: [], names: [], numbers: [], kinds: [], kindsOfMade: [], deleted: [] };
      // Before what is answered to those who made or deleted them: who has heard of an agent finds it in lists.
      queueMicrotask(() => this.tell());
    }
    return this.report;
  }

  private tell(): void {
    const { report } = this;
    this.report = undefined;
    if (report !== undefined) this.post(["agents", report]);
  }
}

/** Bytes of the bits: agents numbered higher than these allow are never known to be busy. */
export const busyBytes = 1024 * 1024;

/** Whether the bit of an agent is set. */
export function isBusy(busy: Uint8Array, number: number): boolean {
  return ((busy[number >> 3] ?? 0) & (1 << (number & 7))) !== 0;
}
