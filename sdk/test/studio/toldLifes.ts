import { callId, type CallBatch, type CallEvent } from "../../src/studio/callBatch.js";
import { CallLog, callWatch } from "../../src/studio/callLog.js";
import { currentTask } from "../../src/runtime/task.js";

type Told<Kind extends CallEvent[0]> = { order: number; event: Extract<CallEvent, [Kind, ...unknown[]]> };

/** What was told of one call; `order` counts events in the order in which they were told. */
export interface Life {
  id: string;
  seq: number;
  made: Told<"made">[];
  arrived: Told<"arrived">[];
  begun: Told<"begun">[];
  ended: Told<"ended">[];
}

/** Watches the calls of this thread, and joins what is told by the calls' ids, as a daemon does. */
export class ToldLifes implements Disposable {
  readonly lifes = new Map<string, Life>();
  readonly batches: CallBatch[] = [];
  untold = 0;
  private order = 0;
  private readonly log: CallLog;

  constructor(site?: () => string | undefined) {
    this.log = new CallLog({
      localCaller: "thread-local.0",
      tell: (batch) => this.take(batch),
      turn: () => currentTask()?.callId,
      ...(site === undefined ? {} : { site }),
    });
    callWatch.log = this.log;
  }

  private take(batch: CallBatch): void {
    this.batches.push(batch);
    this.untold += batch.untold;
    for (const event of batch.events) {
      const [kind, caller, seq] = event;
      const id = callId(batch.callers[caller] ?? "?", seq);
      const life = this.lifes.get(id) ?? { id, seq, made: [], arrived: [], begun: [], ended: [] };
      this.lifes.set(id, life);
      (life[kind] as { order: number; event: CallEvent }[]).push({ order: this.order++, event });
    }
  }

  /** All that was told until now. */
  get all(): Life[] {
    this.log.flush();
    return [...this.lifes.values()];
  }

  /** What each call of a batch is of, by its name. */
  agentOf(life: Life): string | undefined {
    for (const batch of this.batches) {
      const event = life.made[0]?.event;
      if (event !== undefined && batch.events.includes(event)) return batch.agents[event[4]]?.name;
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    this.log.flush();
    callWatch.log = undefined;
  }
}
