import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { AgentServer } from "../processes/agentServer.js";
import { StartedProcess } from "../processes/startedProcess.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, kind, text]) => ({ kind, text: text ?? "" }));

/** The block of the README that begins with this text. */
function block(start: string): string {
  const found = blocks.find(({ text }) => text.startsWith(start));
  if (found === undefined) throw new Error(`README.md has no block that begins with ${start}`);
  return found.text;
}

/** A folder with the README's files, where the package is installed. */
async function project(): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  mkdirSync(join(folder.path, "node_modules"));
  symlinkSync(join(root, "sdk"), join(folder.path, "node_modules/agentscope-distributed"));
  writeFileSync(join(folder.path, "package.json"), JSON.stringify({ type: "module" }));
  for (const name of ["greeter.ts", "main.ts"]) writeFileSync(join(folder.path, name), block(`// ${name}`));
  return folder;
}

/** `npx tsx FILE` */
function tsx(folder: TemporaryFolder, file: string, input?: string): StartedProcess {
  const tsxCommand = createRequire(join(root, "package.json")).resolve("tsx/cli");
  return new StartedProcess(tsxCommand, {
    args: [join(folder.path, file)],
    cwd: folder.path,
    ...(input === undefined ? {} : { input }),
  });
}

describe("README.md", () => {
  test("its first program prints what it says", async () => {
    await using folder = await project();
    await using script = tsx(folder, "main.ts");
    const end = await script.ended;
    const [, expected] = /^\$ npx tsx main\.ts\n(.*)$/ms.exec(block("$ npx tsx main.ts")) ?? [];
    expect(script.stderr).toBe("");
    expect(script.stdout).toBe(expected);
    expect(end.code).toBe(0);
  });

  test("its program runs with an agent on an agent server that loads the folder of agents", async () => {
    await using folder = await project();
    mkdirSync(join(folder.path, "agents"));
    cpSync(join(folder.path, "greeter.ts"), join(folder.path, "agents/greeter.ts"));
    await using server = await AgentServer.start(["--agent-dir", join(folder.path, "agents")]);
    const distributed = block("const b = new Greeter").replace("12001", String(server.port)).trim();
    const local = /^const b = .*$/m.exec(block("// main.ts"))?.[0] ?? "";
    writeFileSync(join(folder.path, "main.ts"), block("// main.ts").replace(local, distributed));
    await using script = tsx(folder, "main.ts");
    await script.ended;
    expect(script.stderr).toBe("");
    expect(script.stdout).toBe("hello, says A, says B | hello, says A, says C\n");
  });

  test("its conversation runs on a fresh machine", async () => {
    await using folder = await project();
    writeFileSync(join(folder.path, "talk.ts"), block("// talk.ts"));
    await using script = tsx(folder, "talk.ts", "The Danube rises in the Black Forest.\nWhere does it rise?\nexit\n");
    expect((await script.ended).code).toBe(0);
    expect(script.stderr).toBe("");
    const lines = script.stdout
      .replaceAll(/ \(127\.0\.0\.1:\d+\)/g, "")
      .trim()
      .split("\n");
    expect(lines.slice(2)).toEqual([
      "you: Where does it rise?",
      "assistant: The Danube rises in the Black Forest.",
      "you: exit",
    ]);
  });

  test("names only what the package exports", async () => {
    const exported: Record<string, unknown> = await import("agentscope-distributed");
    const agents = readFileSync(join(root, "docs/agents.md"), "utf8");
    const named = [...blocks, { text: agents }]
      .flatMap(({ text }) => [...text.matchAll(/import \{(.*?)\} from "agentscope-distributed"/g)])
      .flatMap(([, names]) => (names ?? "").split(",").map((name) => name.trim()))
      .filter((name) => !name.startsWith("type "));
    const used = ["RpcAgentServerLauncher", "RpcAgentClient", "agent", ...named];
    expect(used.filter((name) => !(name in exported))).toEqual([]);
  });
});
