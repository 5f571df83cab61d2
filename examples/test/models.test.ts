import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runExample } from "./runExample.js";

/** Lines of what an example printed, without the servers of its agents and the time it took. */
const linesOf = (stdout: string) =>
  stdout
    .replaceAll(/ \(127\.0\.0\.1:\d+\)/g, "")
    .replaceAll(/in [\d.]+ s/g, "in S s")
    .trim()
    .split("\n");

/** Runs an example with the embedded model; fails unless it ends well and says nothing on standard error. */
async function lines(name: string, args: readonly string[], input?: string): Promise<string[]> {
  const { code, stdout, stderr } = await runExample(`${name}/main.js`, args, input);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
  return linesOf(stdout);
}

describe.each([
  ["in this process", ["--local"]],
  ["in child processes", []],
])("with the embedded model and all agents %s", { timeout: 60_000 }, (_, where) => {
  test("a person talks to an assistant until one says exit", async () => {
    const input = "The Danube rises in the Black Forest. It ends in the Black Sea.\nWhere does it rise?\nexit\n";
    const said = await lines("userConversation", where, input);
    expect(said.slice(1)).toEqual([
      "you: The Danube rises in the Black Forest. It ends in the Black Sea.",
      expect.stringMatching(/^assistant: The Danube/),
      "you: Where does it rise?",
      expect.stringMatching(/^assistant: The Danube rises in the Black Forest/),
      "you: exit",
    ]);
  });

  test("a person who leaves ends the conversation", async () => {
    expect(await lines("userConversation", where, "")).toHaveLength(2);
  });

  test("three debate by their notes, and a judge decides by what was said", async () => {
    const said = await lines("debate", where);
    expect(said.map((line) => line.split(":")[0]).slice(1, 11)).toEqual([
      ...["train", "plane", "bus", "train", "plane", "bus", "train", "plane", "bus"],
      "judge",
    ]);
    expect(said[3]).toMatch(/^bus: The bus emits 30 grams/);
    expect(said[7]).toMatch(/^train: A train ticket costs 90 euros/);
    expect(said.at(-1)).toMatch(/^The bus wins: The bus emits 30 grams/);
  });

  test("each reader answers from its own text", async () => {
    const said = await lines("parallelReading", [...where, "--quiet", "When was it finished?"]);
    expect(said).toEqual([
      "When was it finished?",
      expect.stringMatching(/bellRock: .*1810/),
      expect.stringMatching(/cordouan: .*1611/),
      expect.stringMatching(/eddystone: .*1882/),
      expect.stringMatching(/pharos: .*280 BC/),
      "",
      "4 answers of 4 readers, in S s.",
    ]);
  });

  test("letters become records", async () => {
    const said = await lines("structuredOutput", [...where, "--quiet"]);
    const cells = said.slice(3, -1).map((line) => line.split("│").map((cell) => cell.trim()));
    expect(cells.map((row) => row.slice(2, -1))).toEqual([
      ["'desk lamps'", "40", "'2026-03-12'", "'mira.holm@example.com'", "'invoice'", "false"],
      ["'espresso machine'", "1", "'2026-02-03'", "'tom@example.org'", "'card'", "true"],
      ["'paper bags'", "250", "'2026-04-20'", "'fair@example.net'", "'transfer'", "false"],
    ]);
  });
});

test.each([
  [["--rounds", "1"], "Unknown option '--rounds'."],
  [["--model"], "Option '--model <value>' argument missing."],
  [["--local=yes"], "Option '--local' does not take an argument."],
])("%j is refused in one sentence, with the options that there are", { timeout: 30_000 }, async (args, sentence) => {
  const { code, stdout, stderr } = await runExample("debate/main.js", args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  const [first, ...more] = stderr.trim().split("\n");
  expect(first).toBe(sentence);
  expect(more.join("\n")).toMatch(
    /^\nOptions:\n {2}--model-config PATH {3}.*\n.*--model NAME.*\n.*--local.*\n.*--quiet/,
  );
  expect(stderr).not.toContain("    at ");
});

test("the model is one of a file, where the person names it", { timeout: 30_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "agents-test-"));
  try {
    const path = join(folder, "models.json");
    const model = (name: string, sentences: number) => {
      return { config_name: name, model_type: "embedded_chat", max_sentences: sentences };
    };
    await writeFile(path, JSON.stringify([model("short", 1), model("long", 5)]));
    const answer = async (name: string) => {
      const question = "How many metres tall is the tower, and when was it finished?";
      const options = ["--model-config", path, "--model", name, "--local", "--quiet"];
      return (await lines("parallelReading", [...options, question])).find((line) => line.includes("cordouan")) ?? "";
    };
    expect((await answer("long")).length).toBeGreaterThan((await answer("short")).length);
    const { code, stderr } = await runExample("debate/main.js", [
      "--model-config",
      path,
      "--model",
      "other",
      "--local",
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no model config "other" here; there are "short", "long"/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
