import { DialogAgent, DictDialogAgent, Msg } from "agentscope-distributed";
import { z } from "zod";
import { chooseModel } from "../chosenModel.js";
import { debate } from "./debate.js";
import { positions, rounds, topic } from "./positions.js";

// Three debaters and a judge, each in a process of its own; they speak in this terminal.

const { modelConfigName, toDist } = chooseModel(1);

const sides = positions.map(({ name, notes }) => {
  const side = new DialogAgent({
    name,
    sysPrompt: `You argue for travelling by ${name}. Answer in one sentence, by your notes.`,
    modelConfigName,
    toDist,
  });
  void side.observe(new Msg({ name: "notes", content: notes, role: "user" }));
  return side;
});

const judge = new DictDialogAgent({
  name: "judge",
  sysPrompt: "You judge a debate by what was said in it, and by nothing else.",
  modelConfigName,
  schema: z.object({
    winner: z.enum(positions.map(({ name }) => name)).describe("the side that won"),
    reason: z.string().describe("what was said that decided it"),
  }),
  toDist,
});

console.log(topic);
const { winner, reason } = await debate(topic, { sides, judge }, rounds);
console.log(`\nThe ${winner} wins: ${reason}`);
