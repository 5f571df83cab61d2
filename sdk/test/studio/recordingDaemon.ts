import { ResponseError } from "vscode-jsonrpc/node";
import type { CallBatch } from "../../src/studio/callBatch.js";
import {
  type AgentChanges,
  askPerson,
  attachRun,
  callsHappened,
  type PersonQuestion,
  type RunAnnouncement,
  runAgentsChanged,
  runEnding,
  studioErrorCode,
} from "../../src/studio/protocol.js";
import { FakeDaemon, type FakeDaemonOptions } from "./fakeDaemon.js";

interface Asked extends PersonQuestion {
  /** On which connection, counted from 0. */
  connection: number;
  answer: (answer: string) => void;
  withdrawn: boolean;
}

/** A daemon's end of the protocol that takes runs, and keeps what they say, over several starts of the daemon. */
export class RecordingDaemon implements AsyncDisposable {
  readonly runs: RunAnnouncement[] = [];
  readonly agents: AgentChanges[] = [];
  readonly batches: CallBatch[] = [];
  readonly ends: { failed: boolean; error?: string }[] = [];
  readonly questions: Asked[] = [];
  private daemon: FakeDaemon | undefined;
  private port = 0;

  /** @param serve what else the daemon answers. */
  constructor(private readonly serve: FakeDaemonOptions["serve"] = () => {}) {}

  /** At the same address each time. */
  async start(): Promise<this> {
    this.daemon = await FakeDaemon.start({
      port: this.port,
      serve: (client) => {
        const { rpc } = client;
        rpc.onRequest(attachRun, (run) => {
          this.runs.push(run);
          return { runId: run.runId };
        });
        rpc.onRequest(runEnding, (end) => void this.ends.push(end));
        rpc.onNotification(runAgentsChanged, (changes) => void this.agents.push(changes));
        rpc.onNotification(callsHappened, (batch) => void this.batches.push(batch));
        rpc.onRequest(askPerson, (question, token) => {
          return new Promise<{ answer: string } | ResponseError>((resolve) => {
            const asked: Asked = {
              ...question,
              connection: this.runs.length - 1,
              answer: (answer) => resolve({ answer }),
              withdrawn: false,
            };
            this.questions.push(asked);
            token.onCancellationRequested(() => {
              asked.withdrawn = true;
              resolve(new ResponseError<void>(studioErrorCode.refused, "it was withdrawn"));
            });
          });
        });
        this.serve?.(client);
      },
    });
    this.port = this.daemon.port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends as a kill does. */
  async stop(): Promise<void> {
    await this.daemon?.[Symbol.asyncDispose]();
  }

  /** Names of the agents that it was told of. */
  get agentNames(): string[] {
    return this.agents.flatMap(({ made }) => made.map(([, name]) => name));
  }

  /** All events of one kind, with the names of callers and agents in place of their numbers. */
  events(kind: CallBatch["events"][number][0]) {
    return this.batches.flatMap(({ callers, agents, events }) =>
      events
        .filter((event) => event[0] === kind)
        .map((event) => ({
          id: `${callers[event[1]]}/${event[2]}`,
          event,
          agent: event[0] === "made" || event[0] === "arrived" ? agents[event[4]] : undefined,
        })),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
