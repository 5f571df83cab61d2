import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { AgentServerProcess } from "../researchDesk/agentServerProcess.js";
import { runExample } from "./runExample.js";

const agentDir = fileURLToPath(new URL("../dist/twoMachines/agents", import.meta.url));
const timeout = 30_000;

test("a script uses agents on two servers that were started before it", { timeout }, async () => {
  await using first = new AgentServerProcess({ agentDir, workers: 1 });
  await using second = new AgentServerProcess({ agentDir, workers: 1 });
  const [a, b] = await Promise.all([first.address, second.address]);
  const { code, stdout, stderr } = await runExample("twoMachines/main.js", [
    `--port-a=${a.port}`,
    `--port-b=${b.port}`,
  ]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(new RegExp(`machine 1: .* process ${first.processId}, \\d+ cores`));
  expect(stdout).toMatch(new RegExp(`machine 2: .* process ${second.processId}, \\d+ cores`));
  expect(stdout).toContain(`compared in process ${second.processId}`);
});

test("a server that is not there is named, and the way to start it", { timeout }, async () => {
  const { code, stderr } = await runExample("twoMachines/main.js", ["--port-a", "1", "--port-b", "1"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/127\.0\.0\.1:1\b/);
  expect(stderr).toMatch(/twoMachines\/README\.md/);
});

test("a port that is none is refused", { timeout }, async () => {
  const { code, stderr } = await runExample("twoMachines/main.js", ["--port-a", "many"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/--port-a.*whole number from 1 to 65535/);
});
