import { createInterface } from "node:readline";
import { Msg } from "agentscope-distributed";
import { Diarist } from "./agents/diarist.js";

const dora = new Diarist({ name: "Dora" }).toDist();

// Each line of input is a message, in JSON; what Dora says to it is printed.
for await (const line of createInterface({ input: process.stdin })) {
  const heard = (JSON.parse(line) as ConstructorParameters<typeof Msg>[0][]).map((one) => new Msg(one));
  console.log(await dora(heard).content);
}
