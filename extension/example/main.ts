import { Msg } from "agentscope-distributed";
import { Greeter } from "./agents/greeter.js";

// toDist() puts an agent where the run target says: into this process (Run), or onto an agent server (Run Distributed).
const a = new Greeter({ name: "A" }).toDist();
const b = new Greeter({ name: "B" }).toDist();
const c = new Greeter({ name: "C" }).toDist();

const hello = new Msg({ name: "user", role: "user", content: "hello" });
const x = a(hello); // a placeholder, at once
const y = b(x); // B and C work at the same time, as soon as A is done
const z = c(x);
console.log(await y.content, "|", await z.content);
