import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { words } from "../../researchDesk/retrieval/words.js";
import type { summary } from "../../researchDesk/summary.js";
import { descendants, isAlive, until } from "../processes.js";
import { runExample, startExample } from "../runExample.js";

const demo = "researchDesk/main.js";
const timeout = 180_000;
let docs: string;

beforeAll(async () => {
  docs = await mkdtemp(join(tmpdir(), "desk-"));
  const texts: Record<string, string> = {
    "mailbox.md": "# Mailbox\n\nA mailbox keeps the messages of an agent in the order of their calls.\n",
    "copy.md": "# Mailbox\n\nA mailbox keeps the messages of an agent in the order of their calls.\n",
    "placeholder.md":
      "# Placeholder\n\nIt stands for a message that is\nstill on its way to the mailbox of an agent.\n",
    "notes.txt": "Something about the weather and about the garden, which has nothing to do with it.\n",
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(docs, name), text);
});

afterAll(async () => {
  await rm(docs, { recursive: true, force: true });
});

async function summarize(...args: string[]) {
  const { code, stdout, stderr } = await runExample(demo, ["--json", ...args]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ReturnType<typeof summary>;
}

test("local and distributed give the same answer, in processes of which none is left", { timeout }, async () => {
  const question = "In what order are messages kept in a mailbox?";
  const { equal, local, distributed, server } = await summarize(
    "--docs",
    docs,
    "--question",
    question,
    "--readers",
    "3",
  );
  expect(equal).toBe(true);
  expect(distributed.answer).toEqual(local.answer);
  expect(local.answer.quotations[0]).toMatchObject({ line: 3, path: join(docs, "copy.md") });
  expect(local.answer.quotations[0]?.alsoIn).toEqual([{ path: join(docs, "mailbox.md"), line: 3 }]);

  const processes = new Set(distributed.spans.map((span) => span.processId));
  expect(new Set(local.spans.map((span) => span.processId)).size).toBe(1);
  expect(processes.size).toBe(3);
  expect(processes).toContain(server.processId);
  await until(() => ![...processes].some(isAlive), { timeoutMs: 2_000, what: "all processes have ended" });
});

test("every quotation stands in its file, at its line", { timeout }, async () => {
  const { local } = await summarize("--docs", docs, "--question", "mailbox of an agent");
  expect(local.answer.quotations.length).toBeGreaterThan(1);
  for (const { path, line, text } of local.answer.quotations) {
    const rest = (await readFile(path, "utf8")).split("\n").slice(line - 1);
    expect(words(rest.join(" ")).join(" ")).toContain(words(text).join(" "));
    expect(words(rest[0] ?? "")).toContain(words(text)[0]);
  }
});

test("the number of readers does not change the answer", { timeout }, async () => {
  const question = "messages of an agent";
  const one = await summarize("--docs", docs, "--question", question, "--readers", "1");
  const four = await summarize("--docs", docs, "--question", question, "--readers", "4");
  expect(four.local.answer).toEqual(one.local.answer);
});

test("a person sees both answers, both times, the speed-up and who worked when", { timeout }, async () => {
  const { code, stdout, stderr } = await runExample(demo, ["--docs", docs, "--question", "What does a mailbox keep?"]);
  expect(code, stderr).toBe(0);
  expect(stdout.match(/“A mailbox keeps the messages/g)).toHaveLength(2);
  expect(stdout).toMatch(/Both answers are equal/);
  expect(stdout).toMatch(/from start to answer +\d+\.\d\d s +\d+\.\d\d s +\d+\.\d\d times as fast/);
  expect(stdout).toMatch(/starting processes/);
  expect(stdout).toMatch(/reader 1 +child \d+ *\|.*█/);
  expect(stdout).toMatch(/reader 2 +server :\d+ *\|.*█/);
  // On a busy machine either run may be the slower one by chance; a loss is said.
  const speedUp = Number(/(\d+\.\d\d) times as fast/.exec(stdout)?.[1]);
  expect(/cost time here/.test(stdout)).toBe(speedUp < 1);
  expect(stderr).toMatch(/distributed: .* read/);
});

test("critic and editor use the model that the person names, in both runs", { timeout }, async () => {
  const models = join(docs, "models.json");
  const model = (name: string, sentences: number) => {
    return {
      config_name: name,
      model_type: "embedded_chat",
      model_name: `quotes ${sentences}`,
      max_sentences: sentences,
    };
  };
  await writeFile(models, JSON.stringify([model("short", 1), model("long", 4)]));
  const asked = ["--docs", docs, "--question", "What keeps messages of an agent, and what stands for them?"];
  const ask = (name: string) => summarize(...asked, "--model-config", models, "--model", name);
  const [short, long] = [await ask("short"), await ask("long")];
  expect(short.equal).toBe(true);
  const said = short.local.answer.words;
  expect(said).toEqual(short.distributed.answer.words);
  expect(said?.subjects).not.toEqual([]);
  expect(said?.summary).toMatch(/mailbox|placeholder|message/i);
  expect(long.local.answer.words?.summary.length).toBeGreaterThan(said?.summary.length ?? 0);
  const unknown = await runExample(demo, [...asked, "--model-config", models, "--model", "other"]);
  expect(unknown).toMatchObject({ code: 2, stdout: "" });
  expect(unknown.stderr).toMatch(/no model config "other" here; there are "short", "long"/);
});

test("bad input is refused with exit code 2 and a sentence that says what to do", { timeout }, async () => {
  const missing = await runExample(demo, ["--docs", join(docs, "nowhere")]);
  expect(missing).toMatchObject({ code: 2, stdout: "" });
  expect(missing.stderr).toMatch(
    /^error: --docs .*nowhere does not exist\. Name a folder of text or Markdown files\.\n$/,
  );
  const readers = await runExample(demo, ["--readers", "many"]);
  expect(readers).toMatchObject({ code: 2, stdout: "" });
});

test("Ctrl-C in the middle leaves no process behind", { timeout }, async () => {
  const large = await mkdtemp(join(tmpdir(), "desk-"));
  const chapter =
    "## Chapter\n\nOne *sentence* after the other, with [links](https://x.test) and `code`, to have work.\n\n";
  for (let i = 0; i < 20; i += 1) await writeFile(join(large, `${i}.md`), chapter.repeat(400));
  const { child, ended } = startExample(demo, ["--docs", large, "--question", "work"]);
  const pid = child.pid ?? 0;
  let started: number[] = [];
  await until(() => (started = descendants(pid)).length >= 2, { timeoutMs: 100_000, what: "child and server run" });
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  await until(() => !started.some(isAlive), { timeoutMs: 2_000, what: "all processes have ended" });
  await rm(large, { recursive: true, force: true });
});
