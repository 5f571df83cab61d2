import { msgHub } from "agentscope-distributed";
import { Adder } from "./adder.js";

const local = new Adder({ name: "local", step: 1 });
const remote = new Adder({ name: "remote", step: 10, toDist: true });

let x;
for (let round = 0; round < 2; round += 1) x = remote(local(x));
const message = await x;
const doubled = await remote.double(21);

console.log(JSON.stringify({ pid: process.pid, content: message.content, doubled, hub: typeof msgHub }));
