import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AgentServer } from "../processes/agentServer.js";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { ModelServer } from "../processes/modelServer.js";
import { OtlpReceiver } from "../processes/otlpReceiver.js";
import { startScript } from "../processes/script.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { Terminal } from "./terminal.js";

// Starts half a dozen processes.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const literal = "planted-in-a-config-0123456789";
const named = "planted-in-the-environment-0123456789";

const started: AsyncDisposable[] = [];
const use = <One extends AsyncDisposable>(one: One): One => {
  started.unshift(one);
  return one;
};

let state: StateFolder;
let folder: TemporaryFolder;
let collector: OtlpReceiver;
let models: ModelServer;

beforeEach(async () => {
  state = use(await StateFolder.make());
  folder = use(await TemporaryFolder.make());
  collector = use(await OtlpReceiver.start());
  // As providers do that say which key they refuse.
  models = use(
    await ModelServer.start(({ headers }) => ({
      failure: { status: 401, message: `Incorrect API key provided: ${headers.authorization}` },
    })),
  );
});

afterEach(async () => {
  await asStudio(state, "stop", "--force");
  for (const one of started.splice(0)) await one[Symbol.asyncDispose]();
});

/** Every file below a folder, as text. */
function allFiles(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return "";
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => join(path, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
    .map((file) => `${file}\n${readFileSync(file, "latin1")}`)
    .join("\n");
}

test("a key of a model is in no log, error, memory, trace, list or database, wherever agents were refused with it", async () => {
  const env = {
    ...collector.env,
    ...state.env,
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true",
    AGENTSCOPE_LOG_FORMAT: "json",
    AGENTSCOPE_LOG_LEVEL: "debug",
    MODEL_URL: models.baseUrl,
    LITERAL_KEY: literal,
    NAMED_KEY: named,
  };
  const config = { config_name: "named", model_type: "openai_chat", model_name: "m", base_url: models.baseUrl };
  await writeFile(folder.file("models.json"), JSON.stringify({ ...config, api_key: "env:NAMED_KEY", max_retries: 0 }));
  const daemon = use(await DaemonProcess.start(state, { env }));
  const args = [
    "--workers",
    "1",
    "--model-config-path",
    folder.file("models.json"),
    "--save-dir",
    folder.file("saved"),
  ];
  const server = use(await AgentServer.start(args, { env }));
  const terminal = use(new Terminal(state));

  const done = folder.file("done");
  const script = use(startScript("refusedByModel", { args: [`${server.port}`, done], env }));
  const { failures } = (await script.says("failures", 90_000)) as { failures: string[] };
  expect(failures).toHaveLength(3);
  for (const failure of failures) expect(failure).toContain("Incorrect API key provided: Bearer ***");
  const shownKeys = models.requests.map(({ headers }) => headers.authorization);
  expect(shownKeys).toHaveLength(3);
  expect(new Set(shownKeys)).toEqual(new Set([`Bearer ${literal}`, `Bearer ${named}`]));

  await collector.span(
    "of the child's model",
    ({ name, resource }) => name === "chat m" && resource["agentscope.server.id"] !== undefined,
  );
  await collector.span(
    "of the failed call",
    ({ name, failed }) => name === "invoke_agent Server" && failed !== undefined,
  );
  await until(() => server.stderr.includes("a call of Server failed"), { timeoutMs: 30_000, what: "the server's log" });
  const shown: string[] = [];
  for (const command of [["ps", "--json"], ["logs"], ["memory", "Dialog"], ["why", "Dialog"], ["top", "--once"]]) {
    shown.push(await terminal.types(...command));
  }
  expect(shown[2]).toContain("hello");
  writeFileSync(done, "");
  await terminal.sees(({ runs: [row] }) => row?.state === "succeeded", "the end of the run", 60_000);
  await asStudio(state, "stop", "--force");
  await daemon.endsWithin(30_000);

  const seen = {
    script: script.stdout + script.stderr,
    shown: shown.join("\n"),
    daemon: daemon.stdout + daemon.stderr,
    server: server.stdout + server.stderr,
    traces: collector.raw,
    files: allFiles(state.path) + allFiles(folder.path),
  };
  for (const [where, text] of Object.entries(seen)) {
    expect(text.length, where).toBeGreaterThan(50);
    for (const key of [literal, named]) expect(text.includes(key), `${key} in ${where}`).toBe(false);
  }
  expect(seen.files).toContain("studio.db");
});
