// `npm test`: sets up, checks the source text, runs every suite, and ends with one line "N passed, N failed".
//
//   npm test [-- --nodes]     --nodes (always on when CI is set): the suites that run the SDK again, on the other Nodes
//
// A check (build, lint, format, knip) counts as one test. Runs before node_modules exists.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { otherNode, supportedNodes } from "./otherNodes.mjs";
import { prepare } from "./prepare.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** A run that takes longer hangs. */
const longestRunMs = 55 * 60_000;
const onEveryNode = process.argv.includes("--nodes") || Boolean(process.env.CI);
const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const failures = [];
/** @type {string[]} */
const unsteady = [];

/** @param {string} title @param {boolean} ok */
function count(title, ok) {
  total[ok ? "passed" : "failed"] += 1;
  if (!ok) failures.push(title);
}

/**
 * Runs a program of node_modules and shows what it prints.
 * @param {string} script @param {string[]} args @param {string} [node]
 * @returns {Promise<boolean>}
 */
function run(script, args, node = process.execPath) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const child = spawn(node, [join(root, "node_modules", script), ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "inherit", "inherit"],
    timeout: longestRunMs,
    killSignal: "SIGKILL",
  });
  const stop = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return new Promise((settle) => {
    child.once("error", (error) => {
      console.error(error.message);
      settle(false);
    });
    child.once("close", (code, signal) => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      if (signal === "SIGINT" || signal === "SIGTERM") process.exit(130);
      if (signal) console.error(`${script} was ended by ${signal}`);
      settle(code === 0);
    });
  });
}

/** @param {string} title @param {string} script @param {string[]} args */
async function check(title, script, args) {
  console.log(`\n── ${title}`);
  count(title, await run(script, args));
}

/** @param {string} title @param {string[]} args @param {string} [node] */
async function suites(title, args, node) {
  console.log(`\n── ${title}`);
  const report = join(root, "test-results", `${title.replaceAll(/\W+/g, "-")}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = await run("vitest/vitest.mjs", ["run", ...reporters, ...args], node);
  const failedBefore = total.failed;
  if (existsSync(report)) addResults(title, JSON.parse(readFileSync(report, "utf8")));
  // Crashed, stopped for lack of time, an error outside of any test, or no test at all.
  if (!ok && total.failed === failedBefore) count(`${title}: ended with an error outside of its tests`, false);
}

/**
 * @typedef {{ fullName: string, status: string, failureMessages?: string[] }} TestResult
 * @param {string} title @param {{ testResults: { name: string, status: string, assertionResults: TestResult[] }[] }} report
 */
function addResults(title, report) {
  for (const file of report.testResults) {
    const name = `${title}: ${file.name.slice(root.length)}`;
    const failedBefore = total.failed;
    for (const { fullName, status, failureMessages = [] } of file.assertionResults) {
      const line = [`${name}: ${fullName}`, ...failureMessages.map(shortened)].join("\n");
      if (status === "passed" || status === "failed") count(line, status === "passed");
      // It failed first, and passed when it was run again (`retry` in vitest.config.mjs).
      if (status === "passed" && failureMessages.length > 0) unsteady.push(line);
      // The process was gone before the test ended; a test that is skipped on purpose is "skipped" or "todo".
      if (status === "pending") count(`${name}: ${fullName} (never ended)`, false);
    }
    if (file.status === "failed" && total.failed === failedBefore) count(`${name}: the file as a whole`, false);
  }
}

/** What a test failed with, short enough for the end of a log. @param {string} message */
function shortened(message) {
  const lines = stripVTControlCharacters(message).split("\n");
  const own = lines.filter((line) => !/node_modules|node:internal/.test(line));
  return own
    .slice(0, 12)
    .map((line) => `      ${line.slice(0, 300)}`)
    .join("\n");
}

function summary() {
  if (unsteady.length > 0)
    console.log(`\nPassed only when run again:\n${unsteady.map((line) => `  ${line}`).join("\n")}`);
  if (failures.length > 0) console.log(`\nFailed:\n${failures.map((line) => `  ${line}`).join("\n")}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

console.log("── build");
const built = prepare();
count("build", built);
if (built) {
  await check("lint", "oxlint/bin/oxlint", ["--type-aware", "--deny-warnings"]);
  await check("format", "@biomejs/biome/bin/biome", ["format"]);
  await check("unused code", "knip/bin/knip.js", ["--no-progress"]);
  const current = Number(process.versions.node.split(".")[0]);
  await suites(`Node ${current}`, []);
  for (const major of onEveryNode ? supportedNodes.filter((each) => each !== current) : []) {
    try {
      await suites(`Node ${major}`, ["--project=unit", "--project=integration", "--project=daemon"], otherNode(major));
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      count(`Node ${major}`, false);
    }
  }
}
summary();
