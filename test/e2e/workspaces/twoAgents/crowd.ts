import { once } from "node:events";
import { Msg } from "agentscope-distributed";
import { Greeter } from "./agents/greeter.js";

// As many agents as the first argument says, until a line of input comes.
const crowd = Array.from({ length: Number(process.argv[2]) }, (_, index) => {
  return new Greeter({ name: `agent ${index}` }).toDist();
});
const last = crowd.at(-1);
if (last) console.log(await last(new Msg({ name: "user", role: "user", content: "hello" })).content);
await once(process.stdin, "data");
process.stdin.destroy();
