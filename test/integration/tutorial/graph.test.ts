import type { DistOptions } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MeetingAgent } from "../../fixtures/agents/meeting.js";
import { AgentServer } from "../../processes/agentServer.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

let servers: AgentServer[];

beforeAll(async () => {
  servers = await Promise.all([1, 2].map(() => AgentServer.start(["--workers", "1"])));
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
});

/** The graph of the tutorial, `where` says for each agent; what each one's turn must meet is what makes it parallel. */
async function graph(where: (name: string) => DistOptions | undefined): Promise<unknown> {
  await using folder = await TemporaryFolder.make();
  const make = (name: string, ...meets: string[]) => {
    const agent = new MeetingAgent({ name, folder: folder.path, meets });
    const options = where(name);
    return options === undefined ? agent : agent.toDist(options);
  };
  // E needs nothing and begins at once, while A's turn is on; B and C wait for A alone, and run at the same time.
  const [a, b, c] = [make("A", "E"), make("B", "C", "E"), make("C", "B", "E")];
  const [d, e, f] = [make("D"), make("E", "A"), make("F")];
  const x = a();
  const [fromB, fromC] = [b(x), c(x)];
  const fromD = d([fromB, fromC]);
  const fromE = e();
  return await f([fromE, fromD]).content;
}

const expected = "F(E(), D(B(A()), C(A())))";

test("B and C run at the same time, and E at once: in this process", async () => {
  expect(await graph(() => undefined)).toBe(expected);
});

test("B and C run at the same time, and E at once: in child processes", async () => {
  expect(await graph(() => ({}))).toBe(expected);
});

test("B and C run at the same time, and E at once: on one agent server", async () => {
  expect(await graph(() => servers[0]?.at)).toBe(expected);
});

test("B and C run at the same time, and E at once: here, in child processes and on two agent servers", async () => {
  const places: Record<string, DistOptions | undefined> = {
    A: {},
    B: servers[0]?.at,
    C: servers[1]?.at,
    D: undefined,
    E: servers[1]?.at,
    F: {},
  };
  expect(await graph((name) => places[name])).toBe(expected);
});
