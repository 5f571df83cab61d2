import { once } from "node:events";
import { Msg } from "agentscope-distributed";
import { Greeter } from "./agents/greeter.js";

const a = new Greeter({ name: "A" }).toDist();
const b = new Greeter({ name: "B" }).toDist();

const hello = new Msg({ name: "user", role: "user", content: "hello" });
const x = b(a(hello));
console.log(await x.content);

// `--stay`: until somebody has looked, which is told by a line of input.
if (process.argv.includes("--stay")) await once(process.stdin, "data");
process.stdin.destroy();
