import { expect, test } from "vitest";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";

test("who calls without ever awaiting is refused before the heap is full, and the program goes on", {
  timeout: 120_000,
}, async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  const args = [String(server.port)];
  await using script = startScript("neverAwaits", {
    args,
    nodeArgs: ["--max-old-space-size=128", "--max-semi-space-size=1"],
  });
  const { refused, message } = await script.says("refused", 60_000);
  expect(refused).toBe("LIMIT_EXCEEDED");
  expect(message).toMatch(/heap of this thread is nearly full \(\d+ of \d+ MiB\)\. \d+ calls wait.*await some/);
  expect(await script.says("content", 60_000)).toEqual({ content: "after" });
  expect(await script.endsWithin(10_000)).toEqual({ code: 0, signal: null });
});
