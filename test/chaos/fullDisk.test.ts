import { AgentScopeError, init, Msg, RpcAgentClient } from "agentscope-distributed";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chronicle } from "../fixtures/agents/chronicle.js";
import { AgentServer } from "../processes/agentServer.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { SmallDisk } from "./smallDisk.js";

// The disk that a server saves its agents' states on is full for a while, and the server is killed besides. Each call ends: answered, or with an
// error that names the disk or the lost server. None runs twice, none out of order, and what was answered is remembered.

const numRuns = Math.min(Number(process.env["CHAOS_RUNS"] ?? 4), 200);

type Step = { kind: "calls"; count: number } | { kind: "fill" } | { kind: "free" } | { kind: "kill" };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant("calls" as const), count: fc.integer({ min: 1, max: 20 }) }),
    },
    { weight: 3, arbitrary: fc.constantFrom<Step>({ kind: "fill" }, { kind: "free" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "kill" }) },
  ),
  { minLength: 3, maxLength: 10 },
);

let folder: TemporaryFolder;
let disk: SmallDisk | undefined;
let server: AgentServer;

beforeAll(async () => {
  init({ studioUrl: "off", logger: { warn: () => {} } });
  folder = await TemporaryFolder.make();
  disk = SmallDisk.mount(folder.file("disk"), { kilobytes: 512 });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  disk?.[Symbol.dispose]();
  await folder?.[Symbol.asyncDispose]();
});

test("whenever the disk is full or the server is killed, each call runs once, or fails with a reason", {
  timeout: 7_200_000,
}, async (context) => {
  if (disk === undefined) context.skip("nobody but an administrator can mount a small disk");
  const small = disk as SmallDisk;
  const args = ["--workers", "1", "--save-dir", small.path];
  server = await AgentServer.start(args);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const log = folder.file(`log${++runs}`);
      const chronicle = new Chronicle({ name: "chronicle", log }).toDist({ ...server.at, onServerLoss: "restart" });
      await chronicle.ready();
      const made: { text: string; end: PromiseLike<unknown> }[] = [];
      for (const step of plan) {
        if (step.kind === "fill") small.fill();
        else if (step.kind === "free") small.free();
        else if (step.kind === "kill") {
          await server.crash();
          server = await AgentServer.start([...args, "--port", String(server.port)]);
        } else {
          for (let call = 0; call < step.count; call++) {
            const text = `call ${made.length}`;
            const { content } = chronicle(new Msg({ name: "user", content: text, role: "user" }));
            made.push({ text, end: content.then((answer) => String(answer).split(":")[0], errorOf) });
          }
          await made.at(-1)?.end;
        }
      }
      small.free();
      const ends = await Promise.all(made.map(async ({ text, end }) => ({ text, end: await end })));
      const failures = ends.flatMap(({ text, end }) => (end === text ? [] : [String(end)]));
      expect(failures.filter((failure) => !/ENOSPC|no space|SERVER_NOT_ALIVE/i.test(failure))).toEqual([]);
      const logged = await folder.lines(`log${runs}`);
      // In the order in which they were made, none twice: a part of the list of all.
      expect(made.map(({ text }) => text).filter((text) => logged.includes(text))).toEqual(logged);
      const answered = ends.filter(({ text, end }) => end === text).map(({ text }) => text);
      expect(await chronicle.contents()).toEqual(expect.arrayContaining(answered));
      // What it saved is not to fill the disk of those after it.
      await using client = new RpcAgentClient(server.at);
      await client.deleteAgent(chronicle.agentId);
    }),
    { numRuns, endOnFailure: true },
  );
});

function errorOf(error: unknown): string {
  return error instanceof AgentScopeError ? `${error.code} ${error.message}` : `no error of ours: ${String(error)}`;
}
