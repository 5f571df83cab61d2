import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { PlaceholderLog } from "../../src/placeholders/placeholderLog.js";
import { RunInstances } from "../../src/runs/runInstances.js";
import { agentNamed, BatchWriter, instance } from "./batches.js";

const script = instance("script");
const server = instance("server");
const [ann, ben, cid, dan] = [agentNamed("Ann"), agentNamed("Ben"), agentNamed("Cid"), agentNamed("Dan")];

let log: PlaceholderLog;
let made: BatchWriter;
let question: string | undefined;

function newLog(): PlaceholderLog {
  const instances = new RunInstances();
  instances.addScript(script, "run");
  return new PlaceholderLog(instances, { questionOf: (_, name) => (name === "Ann" ? question : undefined) });
}

beforeEach(() => {
  log = newLog();
  made = new BatchWriter(`${script}.0`);
  question = undefined;
});

const take = (writer: BatchWriter, teller = script) => log.take(writer.batch(), { instance: teller });
const reasons = (request: Parameters<PlaceholderLog["trace"]>[0]) => log.trace(request).map((step) => step.because);

test("a chain of inputs ends at what runs, with how long it has", () => {
  made
    .made(1, ann)
    .made(2, ben, { inputs: [made.id(1)] })
    .made(3, cid, { inputs: [made.id(2), made.id(1)] });
  take(made);
  take(new BatchWriter(`${script}.0`, Date.now() - 12_000).arrived(1, ann).begun(1), script);
  expect(reasons({ placeholderId: made.id(3) })).toEqual([
    "Cid waits for the result of Ben and of 1 other call",
    "Ben waits for the result of Ann",
    expect.stringMatching(/^Ann: its turn has run for 12 s$/),
  ]);
  expect(log.trace({ agentId: cid.agentId })).toEqual(log.trace({ placeholderId: made.id(3) }));
});

test("a call that is queued names the calls before it, and what the first of them waits for", () => {
  take(
    made
      .made(1, ann)
      .made(2, dan, { inputs: [made.id(1)] })
      .made(3, dan)
      .made(4, dan),
  );
  expect(reasons({ placeholderId: made.id(4) })).toEqual([
    "Dan is queued behind 2 calls of Dan",
    "Dan waits for the result of Ann",
    "Ann: the call is on its way to 127.0.0.1:12001, which has not told of it yet",
  ]);
});

test("a call that waits does not hold up the calls of other callers", () => {
  const other = new BatchWriter(`${script}.1`);
  take(
    made
      .made(1, ann)
      .arrived(1, ann)
      .begun(1)
      .made(2, dan, { inputs: [made.id(1)] })
      .arrived(2, dan),
  );
  take(other.made(1, dan).arrived(1, dan));
  expect(reasons({ placeholderId: other.id(1) })).toEqual(["Dan: nothing holds it up, its turn comes next"]);
});

test("a turn that awaits another agent leads to that one", () => {
  const inner = new BatchWriter(`${server}.1`);
  take(made.made(1, ann).arrived(1, ann).begun(1));
  take(
    inner
      .made(1, ben, { turnOf: made.id(1) })
      .arrived(1, ben)
      .begun(1),
    server,
  );
  expect(reasons({ placeholderId: made.id(1) })).toEqual([
    expect.stringMatching(/^Ann: its turn has run for \d+ ms; it has called Ben and has no result yet$/),
    expect.stringMatching(/^Ben: its turn has run for \d+ ms$/),
  ]);
});

test("a process that passes a call on is not told as another agent", () => {
  const inner = new BatchWriter(`${server}.1`);
  const annThere = { ...ann, server: "far:1" };
  take(inner.made(1, { ...ann, server: "main process" }), server);
  take(
    made
      .made(1, annThere, { turnOf: inner.id(1) })
      .arrived(1, annThere)
      .begun(1),
  );
  expect(reasons({ placeholderId: inner.id(1) })).toEqual([
    "Ann is reached through the main process",
    expect.stringMatching(/^Ann: its turn has run for \d+ ms$/),
  ]);
});

test("an agent that asks a person is what holds the others up", () => {
  question = "Which colour?";
  take(
    made
      .made(1, ann)
      .arrived(1, ann)
      .begun(1)
      .made(2, ben, { inputs: [made.id(1)] }),
  );
  expect(reasons({ placeholderId: made.id(2) })[1]).toMatch(
    /^Ann: its turn has run for .*; it waits for what the person answers: "Which colour\?" \(as-studio answer\)$/,
  );
});

test("an agent asks a person also where its server has not told of the turn", () => {
  question = "";
  take(made.made(1, ann));
  expect(reasons({ placeholderId: made.id(1) })).toEqual([
    "Ann: it waits for what the person answers (as-studio answer)",
  ]);
});

test("a circle is told as one", () => {
  const inner = new BatchWriter(`${server}.1`);
  take(made.made(1, ann).arrived(1, ann).begun(1));
  take(
    inner
      .made(1, ben, { turnOf: made.id(1) })
      .arrived(1, ben)
      .begun(1)
      .made(2, ann, { turnOf: inner.id(1) }),
    server,
  );
  expect(reasons({ placeholderId: made.id(1) })).toEqual([
    expect.stringContaining("Ann: its turn"),
    expect.stringContaining("Ben: its turn"),
    "Ann is queued behind 1 call of Ann",
    "Ann is waited for by itself: the chain is a circle",
  ]);
});

test("what failed or was lost says so; what is ready holds nothing up", () => {
  take(made.made(1, ann).ended(1, { outcome: "failed", error: "no ink" }).made(2, ben).made(3, cid).ended(3));
  log.serverLost({ address: ben.server, because: "its server is gone" });
  expect(reasons({ placeholderId: made.id(1) })).toEqual(["Ann has failed: no ink"]);
  expect(reasons({ placeholderId: made.id(2) })).toEqual(["the result of Ben will not come: its server is gone"]);
  expect(log.trace({ placeholderId: made.id(3) })).toEqual([]);
  expect(log.trace({ agentId: cid.agentId })).toEqual([]);
  expect(() => log.trace({ placeholderId: "nothing" })).toThrow('there is no placeholder "nothing"');
});

test("an input that nobody told of is said to be unknown", () => {
  take(made.made(2, ben, { inputs: [made.id(1)] }));
  expect(reasons({ placeholderId: made.id(2) })).toEqual([
    "Ben can run when 1 result that the daemon was not told of is ready",
  ]);
});

/**
 * A run of agents that serve their mailboxes in order, stopped at a random moment: calls take results of earlier ones, agents call
 * later agents in their turns. There is always something that runs or can.
 */
const programs = fc.record({
  calls: fc.array(
    fc.record({ agent: fc.nat(5), inputs: fc.array(fc.nat(30), { maxLength: 3 }), turnOf: fc.option(fc.nat(30)) }),
    { minLength: 1, maxLength: 30 },
  ),
  steps: fc.nat(60),
});

test("in any program, whatever is open leads to what runs, what can run, or what is on its way", () => {
  fc.assert(
    fc.property(programs, ({ calls, steps }) => {
      log = newLog();
      made = new BatchWriter(`${script}.0`);
      const program = new Program(calls.length);
      const writer = made;
      for (const [seq, call] of calls.entries()) program.make(writer, { seq, ...call });
      for (let step = 0; step < steps; step += 1) program.step(writer);
      take(writer);
      for (const seq of program.open()) {
        const chain = log.trace({ placeholderId: writer.id(seq) });
        const last = chain.at(-1);
        expect(chain.length).toBeGreaterThan(0);
        expect(last?.because).toMatch(/has run for \d+ ms$|its turn comes next$/);
        expect(program.canEnd(Number(last?.placeholderId.split("/").at(-1)))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

interface Made {
  seq: number;
  agent: number;
  inputs: number[];
  turnOf: number | null;
}

/** Agents and their mailboxes, as they should behave. */
class Program {
  private readonly calls = new Map<number, Made>();
  private readonly begun = new Set<number>();
  private readonly ended = new Set<number>();

  constructor(private readonly count: number) {}

  make(writer: BatchWriter, { seq, agent: number, inputs, turnOf }: Made): void {
    // Only what is earlier can be given, and an agent calls only those after it: no circles.
    const earlier = [...new Set(inputs)].filter((input) => input < seq);
    const turn = turnOf !== null && turnOf < seq ? this.calls.get(turnOf) : undefined;
    const isInner = turn !== undefined && turn.agent < number && this.begun.has(turn.seq) && !this.ended.has(turn.seq);
    const own = isInner ? earlier.filter((input) => this.ended.has(input)) : earlier;
    this.calls.set(seq, { seq, agent: number, inputs: own, turnOf: isInner ? (turn?.seq ?? null) : null });
    writer.made(seq, agents[number] ?? ann, {
      inputs: own.map((input) => writer.id(input)),
      ...(isInner && turn !== undefined && { turnOf: writer.id(turn.seq) }),
    });
    writer.arrived(seq, agents[number] ?? ann);
    // Some begin at once, so that there are turns in which calls are made.
    if (seq % 2 === 0) this.begin(writer, seq);
  }

  /** Begins or ends one call that can. */
  step(writer: BatchWriter): void {
    for (let seq = 0; seq < this.count; seq += 1) {
      if (this.begin(writer, seq)) return;
      if (this.begun.has(seq) && this.canEnd(seq)) {
        this.ended.add(seq);
        writer.ended(seq);
        return;
      }
    }
  }

  open(): number[] {
    return [...this.calls.keys()].filter((seq) => !this.ended.has(seq));
  }

  /** Whether nothing else has to happen before a call begins, or ends. */
  canEnd(seq: number): boolean {
    if (this.ended.has(seq)) return false;
    return this.begun.has(seq)
      ? !this.open().some((other) => this.calls.get(other)?.turnOf === seq)
      : this.canBegin(seq);
  }

  private canBegin(seq: number): boolean {
    const call = this.calls.get(seq);
    if (call === undefined || this.begun.has(seq) || call.inputs.some((input) => !this.ended.has(input))) return false;
    return !this.open().some((other) => {
      const before = this.calls.get(other);
      if (before === undefined || before.agent !== call.agent || other === seq) return false;
      return this.begun.has(other) || (before.turnOf === call.turnOf && other < seq);
    });
  }

  private begin(writer: BatchWriter, seq: number): boolean {
    if (!this.canBegin(seq)) return false;
    this.begun.add(seq);
    writer.begun(seq);
    return true;
  }
}

const agents = Array.from({ length: 6 }, (_, index) => agentNamed(`agent ${index}`));
