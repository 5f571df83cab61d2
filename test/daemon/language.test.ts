import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { daemonStatus } from "agentscope-distributed-daemon/protocol";
import { ExitNotification, ShutdownRequest } from "vscode-languageserver-protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { asStudioProcess, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { until } from "../processes/until.js";
import { residentBytes } from "../processes/processTable.js";
import { scriptPath } from "../processes/script.js";
import type { StartedProcess } from "../processes/startedProcess.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { Editor } from "./editor.js";
import { LanguageEditor, told } from "./languageEditor.js";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const source = `${fixtures}scripts/lived.ts`;
const failing = `${fixtures}agents/failing.ts`;

let state: StateFolder;
let folder: TemporaryFolder;
let daemon: DaemonProcess;
let runs: StartedProcess[];

beforeEach(async () => {
  state = await StateFolder.make();
  folder = await TemporaryFolder.make();
  daemon = await DaemonProcess.start(state, { env: { SET_KEY: "k", OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "" } });
  runs = [];
});

afterEach(async () => {
  go();
  for (const run of runs) await run[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

function found() {
  const { found: discovery } = state;
  if (discovery === undefined) throw new Error("no daemon");
  return discovery;
}

function startRun(): StartedProcess {
  const run = asStudioProcess(state, "run", "--target", "child", scriptPath("lived"), folder.path);
  runs.push(run);
  return run;
}

const go = () => writeFileSync(folder.file("go"), "");
const loop = "for (let round = 0; round < 5; round++) echoes.push(c(question)";

test("calls are followed where they stand in the source, while their script runs and afterwards", async () => {
  await using editor = await LanguageEditor.connect(found());
  await editor.open(source);
  expect(await editor.lines(source)).toEqual([]);
  const run = startRun();
  await editor.showsLine(source, "const answer = b(a(question)‹● running›)‹… waiting for A›;");
  await editor.showsLine(source, new RegExp(`^${loop.replaceAll(/[()+]/g, "\\$&")}‹×5, p50 [\\d.]+ m?s›\\);$`));
  expect(editor.refreshes).toBeGreaterThan(0);

  const shown = await editor.hover(source, "a(question)");
  expect(shown).toMatch(/^\*\*A\*\* · 127\\?\.0\\?\.0\\?\.1:\d+ · ● running/);
  expect(shown).toMatch(/called at \d\d:\d\d:\d\d, its turn began [\d.]+ m?s later/);
  expect(await editor.hover(source, "c(question)")).toMatch(/^5 calls · p50 .* · p95 .* · longest /);
  expect(await editor.hover(source, "console.log")).toBe("");

  go();
  await run.ended;
  await editor.showsLine(source, /^const answer = b\(a\(question\)‹✓ [\d.]+ m?s›\)‹✓ [\d.]+ m?s›;$/);
  await editor.showsLine(source, "  await f(question)‹✗ failed›;");
});

test("hints move with their lines, and go where a line is changed", async () => {
  await using editor = await LanguageEditor.connect(found());
  await editor.open(source);
  startRun();
  await editor.showsLine(source, /‹● running›/);
  const text = readFileSync(source, "utf8");
  await editor.edit(source, text.replace("const question", "// more\n\nconst question"));
  await editor.showsLine(source, /‹● running›.*‹… waiting for A›/);
  await editor.edit(source, text.replace("const answer = b(a(question))", "const answer = b(c(a(question)))"));
  expect(await editor.lines(source)).toEqual([expect.stringContaining(loop)]);
  await editor.edit(source, text);
  await editor.showsLine(source, /‹● running›/);
});

test("hints can be switched off, and on again", async () => {
  await using editor = await LanguageEditor.connect(found(), { inlayHints: false });
  await editor.open(source);
  go();
  await startRun().ended;
  expect(await editor.lines(source)).toEqual([]);
  expect(editor.refreshes).toBe(0);
  const settings = { agentscope: { inlayHints: true } };
  await editor.editor.rpc.sendNotification("workspace/didChangeConfiguration", { settings });
  await editor.showsLine(source, /‹✗ failed›/);
  expect(editor.refreshes).toBeGreaterThan(0);
});

test("a failure is told at the call and where the agent threw, each with the way to the other", async () => {
  go();
  await startRun().ended;
  // It finds what was there before it came.
  await using editor = await LanguageEditor.connect(found());
  await editor.open(source);
  const atCall = await editor.seesDiagnostics(source, (all) => all.length === 1);
  const atThrow = await editor.seesDiagnostics(failing, (all) => all.length === 1);
  const message = expect.stringContaining("TypeError: broken by why?") as string;
  const line = (path: string, text: string) =>
    readFileSync(path, "utf8")
      .split("\n")
      .findIndex((one) => one.includes(text));
  const callLine = line(source, "await f(question)");
  const throwLine = line(failing, "throw new TypeError");
  expect(atCall).toMatchObject([
    {
      severity: 1,
      message,
      range: { start: { line: callLine, character: 8 }, end: { line: callLine, character: 19 } },
    },
  ]);
  expect(atCall[0]?.relatedInformation).toMatchObject([
    { location: { uri: expect.stringContaining("failing.ts"), range: { start: { line: throwLine } } } },
  ]);
  expect(atThrow).toMatchObject([{ severity: 1, message, range: { start: { line: throwLine, character: 10 } } }]);
  expect(atThrow[0]?.relatedInformation).toMatchObject([
    { location: { uri: expect.stringContaining("lived.ts"), range: { start: { line: callLine } } } },
  ]);

  await editor.edit(source, readFileSync(source, "utf8").replace("await f(question)", "await f(question, 1)"));
  await editor.seesDiagnostics(source, (all) => all.length === 0);
  expect(editor.diagnosticsOf(failing)).toHaveLength(1);
});

test("the next run of a script takes the failures of the one before away", async () => {
  await using editor = await LanguageEditor.connect(found());
  await editor.open(source);
  go();
  await startRun().ended;
  await editor.seesDiagnostics(failing, (all) => all.length === 1);
  await folder[Symbol.asyncDispose]();
  folder = await TemporaryFolder.make();
  startRun();
  await editor.showsLine(source, /‹● running›/);
  await editor.seesDiagnostics(failing, (all) => all.length === 0);
  await editor.seesDiagnostics(source, (all) => all.length === 0);
  expect(await editor.lines(source)).not.toContainEqual(expect.stringContaining("‹✗"));
});

test("a file of model configs is checked by the schema and by the environment, and completed", async () => {
  const path = folder.file("models.json");
  const configs = [
    { config_name: "a", model_type: "openai_chat" },
    { config_name: "b", model_type: "opnai_chat" },
    { config_name: "c", model_type: "post_api_chat", api_key: "env:NO_SUCH_KEY", base_url: "https://example.com/v1" },
    { config_name: "d", model_type: "ollama_chat", api_key: "env:SET_KEY", temprature: 1 },
    { config_name: "e", model_type: "embedded_chat", max_sentences: "3" },
  ];
  await using editor = await LanguageEditor.connect(found());
  await editor.open(path, JSON.stringify(configs, undefined, 2));
  const problems = await editor.seesDiagnostics(path, (all) => all.length === 5);
  expect(problems.map(told)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^2 The environment variable OPENAI_API_KEY, for the key of this model, is not set/),
      expect.stringMatching(/^2 The environment variable NO_SUCH_KEY is not set/),
      expect.stringContaining("model_type must be one of openai_chat, anthropic_chat"),
      expect.stringContaining("temprature"),
      expect.stringMatching(/Incorrect type. Expected "integer"/),
    ]),
  );
  expect(await editor.completions(path, '"opnai|')).toContain('"anthropic_chat"');
  expect(await editor.hover(path, '"max_sentences"')).toContain("The longest answer, in sentences\\.");
  await editor.edit(path, JSON.stringify([configs[2]].map((one) => ({ ...one, api_key: "env:SET_KEY" }))));
  await editor.seesDiagnostics(path, (all) => all.length === 0);
});

test("other JSON is left alone, unless a setting names it", async () => {
  const path = folder.file("things.json");
  writeFileSync(path, "{}");
  await using editor = await LanguageEditor.connect(found());
  await editor.open(path);
  await editor.edit(path, '{ "x": 1 }');
  const settings = { agentscope: { modelConfigs: [path] } };
  await editor.editor.rpc.sendNotification("workspace/didChangeConfiguration", { settings });
  await editor.seesDiagnostics(path, (all) => all.some((one) => told(one).includes("config_name")));
  expect(editor.diagnosticsOf(path).length).toBeGreaterThan(0);
});

test("a loop that lets agents wait for each other is told of, with what to do", async () => {
  const path = folder.file("main.ts");
  const text = `import { Msg } from "agentscope-distributed";
const agents = [new A({ name: "a" }), new A({ name: "b" })];
const said: Msg[] = [];
for (const agent of agents) said.push(await agent());
`;
  await using editor = await LanguageEditor.connect(found());
  await editor.open(path, text);
  const [first] = await editor.seesDiagnostics(path, (all) => all.length === 1);
  expect(first).toMatchObject({ severity: 3, code: "await-in-loop", range: { start: { line: 3, character: 38 } } });
  expect(await editor.actions(path, "await agent")).toEqual(["Call all agents first, then await their answers"]);
  await editor.edit(path, text.replace("await agent()", "agent()"));
  await editor.seesDiagnostics(path, (all) => all.length === 0);
});

test("a client that leaves takes its language features along, and the daemon stays", async () => {
  await using other = await Editor.connect(found());
  for (let round = 0; round < 3; round++) {
    await using editor = await LanguageEditor.connect(found());
    await editor.open(source);
    await editor.editor.rpc.sendRequest(ShutdownRequest.type);
    await editor.editor.rpc.sendNotification(ExitNotification.type);
    expect((await editor.editor.ask(daemonStatus, {})).pid).toBe(daemon.pid);
  }
  const comeAndGo = async (times: number) => {
    for (let round = 0; round < times; round++) {
      await using editor = await LanguageEditor.connect(found());
      await editor.open(source, `// ${"x".repeat(900_000)}`);
    }
  };
  await comeAndGo(20);
  const before = residentBytes(daemon.pid);
  await comeAndGo(100);
  // What they had open is 90 MB. The engine gives memory back when it has to do something again.
  await until(
    async () => {
      if (residentBytes(daemon.pid) - before < 50 * 2 ** 20) return true;
      await comeAndGo(5);
      return false;
    },
    { timeoutMs: 80_000, what: "the end of what the clients had open" },
  );
  expect((await other.ask(daemonStatus, {})).pid).toBe(daemon.pid);
}, 100_000);

test("what is not of the protocol ends no more than its own request", async () => {
  await using editor = await LanguageEditor.connect(found());
  const { rpc } = editor.editor;
  for (const params of [undefined, null, 1, {}, { textDocument: {} }, { textDocument: { uri: "x" }, range: null }]) {
    for (const method of [
      "textDocument/hover",
      "textDocument/inlayHint",
      "textDocument/completion",
      "textDocument/codeAction",
    ]) {
      await rpc.sendRequest(method, params).catch(() => {});
    }
    await rpc.sendNotification("textDocument/didOpen", params);
    await rpc.sendNotification("textDocument/didChange", params);
  }
  await editor.open(source);
  expect(await editor.lines(source)).toEqual([]);
  expect((await editor.editor.ask(daemonStatus, {})).pid).toBe(daemon.pid);
});
