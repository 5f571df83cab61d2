import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Msg } from "agentscope-distributed";
import { PlayerAgent } from "../agents/playerAgent.js";
import type { Bench, BenchContext } from "../bench.js";
import type { Figure } from "../figure.js";
import { lineChart } from "../lineChart.js";
import { runPlayers } from "../players.js";
import { median } from "../statistics.js";

/** Where the program's agents are: how many servers, or in its own process. */
const deployments = [
  { name: "async in one process", servers: 0 },
  { name: "1 server", servers: 1 },
  { name: "2 servers", servers: 2 },
  { name: "4 servers", servers: 4 },
] as const;

const serialAgents = 2;
const picture = fileURLToPath(new URL("../../../../.cache/bench/curves.svg", import.meta.url));

/** Asks players one after the other, as a program does that awaits each of them; seconds of each. */
async function serialSeconds(): Promise<number> {
  const beganAt = performance.now();
  for (let number = 0; number < serialAgents; number++) {
    const player = new PlayerAgent({ name: `player ${number}`, thinkingMs: 1_000, highest: 100 });
    await player(new Msg({ name: "moderator", role: "user", content: "a number from 0 to 100" }));
  }
  return (performance.now() - beganAt) / 1000 / serialAgents;
}

const inWords = (size: number): string => `${size.toLocaleString("en-US")} agents`;

/** Measures all deployments with these numbers of agents, in turn; a figure for each. */
async function measure(context: BenchContext, sizes: readonly number[]) {
  const points = sizes.flatMap((size) => deployments.map((deployment) => ({ ...deployment, size })));
  const nameOf = ({ name, size }: { name: string; size: number }) => `${inWords(size)}, ${name}`;
  const sides: Record<string, () => Promise<number>> = { serial: serialSeconds };
  for (const point of points) {
    sides[nameOf(point)] = async () => (await runPlayers(point.size, point.servers)).seconds;
  }
  const rounds = await context.inTurn(sides, { warmUps: 0 });
  return points.map((point) => {
    const values = rounds.of[nameOf(point)] ?? [];
    const yardstick = (rounds.of["serial"] ?? []).map((seconds) => seconds * point.size);
    const figure = context.figure(rounds, { figure: nameOf(point), unit: "s", values, yardstick });
    return { ...point, seconds: median(values), serialSeconds: median(yardstick), figure };
  });
}

async function draw(points: Awaited<ReturnType<typeof measure>>): Promise<void> {
  const line = (name: string) =>
    points.filter((point) => point.name === name).map(({ size, seconds }) => ({ x: size, y: seconds }));
  const serial = points
    .filter(({ servers }) => servers === 0)
    .map((point) => ({ x: point.size, y: point.serialSeconds }));
  const svg = lineChart({
    title: "Agents that think for a second (a timer), each asked once",
    xName: "agents",
    yName: "seconds",
    lines: [
      { name: "one after the other*", points: serial, dashed: true },
      ...deployments.map(({ name }) => ({ name, points: line(name) })),
    ],
  });
  await mkdir(dirname(picture), { recursive: true });
  await writeFile(picture, svg);
}

export const curves: Bench = {
  name: "curves",
  what: "the program of `million` for 100 to 1,000,000 agents (--quick: 10,000) as an SVG; the yardstick is a serial program, extrapolated",
  // A picture over four powers of ten: what rounds differ by is the width of its lines.
  rounds: 1,

  async run(context): Promise<Figure[]> {
    const sizes = [100, 1_000, 10_000, ...(context.quick ? [] : [100_000, 1_000_000])];
    const points = await measure(context, sizes);
    await draw(points);
    process.stderr.write(`curves: ${picture}\n`);
    return points.map(({ figure }) => figure);
  },
};
