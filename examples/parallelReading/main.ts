import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Msg } from "agentscope-distributed";
import { chooseModel } from "../chosenModel.js";
import { Reader } from "./agents/reader.js";

// Each reader has read a text of its own, in a process of its own. All are asked at once, and answer at the same time.
// Questions can be given as arguments.

const { modelConfigName, toDist, words } = chooseModel(1);
const questions = words.length > 0 ? words : ["When was it finished?", "How many metres tall is the tower?"];

// Texts are not compiled: they stand beside the source.
const folder = fileURLToPath(new URL("texts/", import.meta.url.replace("/dist/", "/")));
const readers = readdirSync(folder).map((file) => {
  const name = basename(file, ".txt");
  return new Reader({
    name,
    path: folder + file,
    sysPrompt: "Answer from the text that you were given, in one sentence.",
    modelConfigName,
    toDist,
  });
});

const begun = performance.now();
const asked = questions.map((content) => {
  const question = new Msg({ name: "you", content, role: "user" });
  return { content, answers: readers.map((reader) => reader(question)) };
});
const lines: string[] = [];
for (const { content, answers } of asked) {
  lines.push("", content);
  for (const answer of answers) lines.push(`  ${await answer.name}: ${String(await answer.content)}`);
}
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
console.log(lines.join("\n"));
console.log(`\n${readers.length * questions.length} answers of ${readers.length} readers, in ${seconds} s.`);
