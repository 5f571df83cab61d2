import type { BenchContext } from "./bench.js";
import { report } from "./benchProcessReport.js";
import { benches } from "./benches.js";
import type { Figure } from "./figure.js";
import { summarize } from "./figure.js";
import { inTurn } from "./inTurn.js";
import { OwnedResources } from "./ownedResources.js";

/** The whole suite has twelve minutes on two cores, and `--quick` two: benches whose rounds are long have fewer of them. */
const enough = { rounds: 3, ms: 25_000 };
const enoughInQuick = { rounds: 1, ms: 8_000 };

/**
 * The process in which one bench runs: `node benchProcess.js NAME [--quick]`, started by runBench. A bench has a process of
 * its own so that the heap and the connections that one leaves behind do not weigh on the next.
 */
async function runNamedBench(name: string | undefined, quick: boolean): Promise<readonly Figure[]> {
  const bench = benches.find((one) => one.name === name);
  if (!bench) throw new Error(`no bench is called ${name}`);
  const rounds = quick ? (bench.quickRounds ?? bench.rounds ?? 5) : (bench.rounds ?? 5);
  const resources = new OwnedResources();
  const progress = (text: string): void => void report({ kind: "progress", text });
  const context: BenchContext = {
    quick,
    progress,
    own: (resource) => resources.own(resource),
    figure: (measuredRounds, measured) => summarize(bench.name, measuredRounds, measured),
    inTurn: (sides, options) =>
      inTurn(sides, {
        rounds,
        enough: quick ? enoughInQuick : enough,
        warmUps: options?.warmUps ?? 1,
        onTurn: (side, round) => progress(round === 0 ? `warming up: ${side}` : `round ${round} of ${rounds}: ${side}`),
      }),
  };
  try {
    return await bench.run(context);
  } finally {
    await resources.disposeAll();
  }
}

try {
  const figures = await runNamedBench(process.argv[2], process.argv.includes("--quick"));
  await report({ kind: "figures", figures });
} catch (error) {
  await report({ kind: "failed", reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
}
// Connections to servers that the bench talked to may still be open: it is over all the same.
process.exit();
