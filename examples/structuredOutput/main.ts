import { readFileSync } from "node:fs";
import { DictDialogAgent, Msg } from "agentscope-distributed";
import { chooseModel } from "../chosenModel.js";
import { letters } from "./letters.js";
import { orderForm } from "./orderForm.js";

// Letters become records: the answer of each clerk is an object of the form's schema, checked before it is here. Other letters
// can be given as files.

const { modelConfigName, toDist, words } = chooseModel();
const read = words.length > 0 ? words.map((path) => readFileSync(path, "utf8")) : letters;

const orders = read.map((letter, index) => {
  const clerk = new DictDialogAgent({
    name: `clerk ${index + 1}`,
    sysPrompt: "Fill in the form from the letter.",
    modelConfigName,
    schema: orderForm,
    toDist,
  });
  return clerk(new Msg({ name: "customer", content: letter, role: "user" })).content;
});
console.table(await Promise.all(orders));
