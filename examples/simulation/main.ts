import { CommanderError } from "commander";
import { parseCommandLine, type SimulationOptions } from "./commandLine.js";
import type { RoundResult } from "./game.js";
import { makeGroups } from "./makeGroups.js";
import { openPlaces } from "./places.js";
import { type Group, playRound } from "./playRound.js";
import { inGroups, Progress } from "./progress.js";
import { ResultFile } from "./resultFile.js";

const progress = new Progress(process.stderr);

async function simulate(options: SimulationOptions): Promise<void> {
  const { agents, output } = options;
  const file = output === undefined ? undefined : await ResultFile.open(output, { agents });
  const results = [...(file?.rounds ?? [])];
  if (results.length > 0) console.log(`${results.length} rounds were played before`);
  if (results.length < options.rounds) await playOn(options, { results, file });
  summarize(results);
}

async function playOn(
  options: SimulationOptions,
  { results, file }: { results: RoundResult[]; file: ResultFile | undefined },
): Promise<void> {
  await using places = await openPlaces(options);
  const groups = await makeAll(options, places.all);
  while (results.length < options.rounds) {
    const round = results.length + 1;
    const announcement = { round, lastTarget: results.at(-1)?.target ?? null };
    const result = await playRound(groups, announcement, {
      inFlight: options.inFlight,
      onProgress: (done) => progress.show(`round ${round}`, { done, of: options.agents }),
    });
    progress.clear();
    results.push(result);
    await file?.append(result);
    console.log(`round ${round} of ${options.rounds}: ${result.seconds.toFixed(2)} s`);
  }
}

async function makeAll(
  { agents, thinkMs }: SimulationOptions,
  places: Parameters<typeof makeGroups>[0],
): Promise<Group[]> {
  const beganAt = performance.now();
  const groups = await makeGroups(places, {
    agents,
    thinkingMs: thinkMs,
    onProgress: (done) => progress.show("agents", { done, of: agents }),
  });
  progress.clear();
  console.log(`${inGroups(agents)} agents: ${((performance.now() - beganAt) / 1000).toFixed(2)} s`);
  return groups;
}

function summarize(results: readonly RoundResult[]): void {
  console.log("\nround     mean   target  nearest  by");
  for (const { round, mean, target, distance, winners, winner } of results) {
    const others = winners > 1 ? ` and ${inGroups(winners - 1)} more` : "";
    const numbers = [mean.toFixed(3).padStart(9), target.toFixed(3).padStart(8), distance.toExponential(1).padStart(8)];
    console.log(`${String(round).padStart(5)}${numbers.join(" ")}  ${winner}${others}`);
  }
}

try {
  await simulate(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  progress.clear();
  if (!(error instanceof CommanderError)) console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}
