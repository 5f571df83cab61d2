import { Msg } from "agentscope-distributed";
import { Greeter } from "./agents/greeter.js";

// Until it is stopped.
const a = new Greeter({ name: "A" }).toDist();
const b = new Greeter({ name: "B" }).toDist();
console.log(await b(a(new Msg({ name: "user", role: "user", content: "hello" }))).content);
setInterval(() => {}, 1000);
