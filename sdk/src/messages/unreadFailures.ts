import type { AgentScopeError } from "../errors.js";

/** Who is told of failures that nobody reads. */
export interface UnreadReporter {
  failed(error: AgentScopeError): void;
  /** So many more, which there was no room for. */
  more(count: number): void;
}

/** So many are told of in a second: a lost server may have had a million calls. */
const mostPerSecond = 20;

const toStandardError: UnreadReporter = {
  failed: ({ message }) =>
    process.stderr.write(`agentscope: a call failed and nothing awaited its result: ${message}\n`),
  more: (count) => process.stderr.write(`agentscope: ${count} more calls failed and nothing awaited their results\n`),
};

let reporter = toStandardError;
let secondBegan = Number.NEGATIVE_INFINITY;
let told = 0;
let untold = 0;

/** Where failed results that nothing reads are reported; standard error unless set. */
export function setUnreadReporter(own: UnreadReporter = toStandardError): void {
  reporter = own;
}

class UnreadFailure {
  constructor(private readonly error: AgentScopeError) {}

  /** Once. */
  report(): void {
    if (!open.delete(this)) return;
    const now = performance.now();
    if (now - secondBegan >= 1000) {
      tellOfMore();
      secondBegan = now;
      told = 0;
    }
    if (told < mostPerSecond) {
      told++;
      reporter.failed(this.error);
    } else {
      untold++;
    }
  }
}

function tellOfMore(): void {
  if (untold > 0) reporter.more(untold);
  untold = 0;
}

/** Failed results that nothing has read, by result; reported when the result is collected or the process ends. */
const failures = new WeakMap<object, UnreadFailure>();
const open = new Set<UnreadFailure>();
const collected = new FinalizationRegistry<UnreadFailure>((failure) => failure.report());

/** A result has failed that nothing has read yet. */
export function noteUnread(result: object, error: AgentScopeError): void {
  const failure = new UnreadFailure(error);
  open.add(failure);
  failures.set(result, failure);
  collected.register(result, failure);
}

/** Something has read it after all. */
export function forgetUnread(result: object): void {
  const failure = failures.get(result);
  if (failure !== undefined) open.delete(failure);
}

/** Reports each failed result that nothing has read; called when the process ends. */
export function reportUnreadFailures(): void {
  for (const failure of [...open]) failure.report();
  tellOfMore();
}
