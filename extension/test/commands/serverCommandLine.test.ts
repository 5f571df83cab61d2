import { expect, test } from "vitest";
import { serverCommandLine } from "../../src/commands/serverCommandLine.js";

test("options are written as as-server names them, and what is not chosen is left out", () => {
  expect(
    serverCommandLine({
      host: "0.0.0.0",
      port: 12_001,
      tokenFile: "token.txt",
      agentDir: "agents",
      workers: undefined,
    }),
  ).toBe("npx as-server --host 0.0.0.0 --port 12001 --token-file token.txt --agent-dir agents");
  expect(serverCommandLine({ viaStudio: "http://10.0.0.1:5000" })).toBe(
    "npx as-server --via-studio http://10.0.0.1:5000",
  );
});

test("a path with a space stays one word", () => {
  expect(serverCommandLine({ agentDir: "/home/me/my agents" })).toBe('npx as-server --agent-dir "/home/me/my agents"');
});
