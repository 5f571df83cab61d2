import { pid } from "node:process";
import { type Msg, msgHub, type Placeholder } from "agentscope-distributed";
import { Adder } from "./adder.js";

const local = new Adder({ name: "local", step: 1 });
const remote = new Adder({ name: "remote", step: 10 }).toDist();

let x: Placeholder | undefined;
for (let round = 0; round < 2; round += 1) x = remote(local(x));
const message: Msg | undefined = await x;
const doubled: number = await remote.double(21);

console.log(JSON.stringify({ pid, content: message?.content, doubled, hub: typeof msgHub }));
