import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AgentServerProcess } from "../researchDesk/agentServerProcess.js";
import type { RoundResult } from "../simulation/game.js";
import { runExample } from "./runExample.js";

const timeout = 60_000;
const agents = 60;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulation-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The rounds of a run that wrote them to this file. */
async function roundsOf(file: string): Promise<RoundResult[]> {
  const [, ...lines] = (await readFile(file, "utf8")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as RoundResult);
}

async function play(file: string, args: readonly string[]) {
  const path = join(folder, file);
  const run = await runExample("simulation/main.js", ["--agents", String(agents), "--output", path, ...args]);
  expect(run.code, run.stderr).toBe(0);
  return { ...run, rounds: (await roundsOf(path)).map((round) => ({ ...round, seconds: 0 })) };
}

test("the same game is played in this process, in child processes, and on agent servers that were started for it or before", {
  timeout,
}, async () => {
  const local = await play("local", ["--where", "local"]);
  expect(local.rounds.map(({ round, players }) => [round, players])).toEqual([1, 2, 3, 4, 5].map((n) => [n, agents]));
  const means = local.rounds.map(({ mean }) => mean);
  // Players learn: all come nearer to 0, the only number that nobody would take back.
  expect(means).toEqual(means.toSorted((a, b) => b - a));
  expect(means.at(-1)).toBeLessThan(10);
  const agentDir = fileURLToPath(new URL("../dist/simulation/agents", import.meta.url));
  await using server = new AgentServerProcess({ agentDir, workers: 1 });
  const { port } = await server.address;
  const runs = [
    await play("children", ["--where", "children"]),
    await play("servers", ["--where", "servers", "--in-flight", "500"]),
    await play("address", ["--address", `127.0.0.1:${port}`, "--think-ms", "1"]),
  ];
  for (const { rounds } of runs) {
    expect(rounds.map(({ players, winner }) => [players, winner])).toEqual(
      local.rounds.map(({ players, winner }) => [players, winner]),
    );
    // Sums of places are added in another order.
    for (const [index, { mean }] of rounds.entries()) expect(mean).toBeCloseTo(means[index] ?? Number.NaN, 9);
  }
});

test("a run that was broken off continues from its file, and ends as one that was not", { timeout }, async () => {
  const whole = await play("whole", ["--where", "local", "--rounds", "4"]);
  await play("broken", ["--where", "local", "--rounds", "2"]);
  await appendFile(join(folder, "broken"), '{"round":3,"players":6');
  const continued = await play("broken", ["--where", "local", "--rounds", "4"]);
  expect(continued.stdout).toMatch(/^2 rounds were played before\n/);
  expect(continued.stdout).toMatch(/round 3 of 4: /);
  expect(continued.stdout).not.toMatch(/round 2 of 4: /);
  expect(continued.rounds).toEqual(whole.rounds);
  expect(continued.stdout).toMatch(/round +mean +target +nearest +by\n(?: +\d .*\n){4}$/);
});

test("the file of another game is not continued, and neither is another file", { timeout }, async () => {
  await play("small", ["--where", "local", "--rounds", "1"]);
  const path = join(folder, "small");
  const other = await runExample("simulation/main.js", ["--where", "local", "--agents", "61", "--output", path]);
  expect(other).toMatchObject({ code: 1, stdout: "" });
  expect(other.stderr).toMatch(/is of a game of 60 agents, not of 61/);
  await appendFile(join(folder, "text"), "some text\n");
  const text = await runExample("simulation/main.js", ["--where", "local", "--output", join(folder, "text")]);
  expect(text.stderr).toMatch(/is no file of results/);
});

test("numbers that are none are refused", { timeout }, async () => {
  const { code, stderr } = await runExample("simulation/main.js", ["--agents", "many"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/--agents.*whole number from 1/);
});
