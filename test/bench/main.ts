import { availableParallelism, cpus, totalmem } from "node:os";
import { benches } from "./benches.js";
import { parseCommandLine, usage } from "./commandLine.js";
import type { Figure } from "./figure.js";
import { figureTable, markdownTable } from "./figureTable.js";
import { runBench } from "./runBench.js";

function machine(): string {
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), ${memoryGiB} GiB, Node ${process.version}`;
}

/** Overwrites the line on a terminal; elsewhere only whole benches are told, not each turn. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function main(): Promise<number> {
  const commandLine = parseCommandLine(
    process.argv.slice(2),
    benches.map((bench) => bench.name),
  );
  if (commandLine.help) {
    process.stdout.write(`${usage}\n\n${benches.map((bench) => `${bench.name.padEnd(12)}${bench.what}`).join("\n")}\n`);
    return 0;
  }
  const named = benches.filter((bench) => commandLine.names.includes(bench.name));
  const chosen = named.length > 0 ? named : benches.filter((bench) => !(commandLine.quick && bench.skipInQuick));
  const figures: Figure[] = [];
  const failed: string[] = [];
  const suiteBeganAt = performance.now();
  for (const bench of chosen) {
    const beganAt = performance.now();
    const told = (text: string): void => showProgress(`${bench.name}: ${text}`);
    try {
      const measured = await runBench(bench.name, { quick: commandLine.quick, onProgress: told });
      figures.push(...measured);
      showProgress("");
      // A run that is ended before its table leaves what it has measured.
      process.stderr.write(`${bench.name}: ${((performance.now() - beganAt) / 1000).toFixed(1)} s\n`);
      if (chosen.length > 1) process.stderr.write(`${figureTable(measured)}\n\n`);
    } catch (error) {
      failed.push(bench.name);
      showProgress("");
      process.stderr.write(`${bench.name} failed: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  process.stderr.write(`all: ${((performance.now() - suiteBeganAt) / 1000).toFixed(0)} s\n`);
  const table = commandLine.markdown ? markdownTable(figures) : figureTable(figures);
  if (!commandLine.json) process.stdout.write(`${machine()}\n\n${table}\n\n`);
  if (!commandLine.markdown) for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`);
  if (failed.length > 0) process.stderr.write(`failed: ${failed.join(", ")}\n`);
  return failed.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
