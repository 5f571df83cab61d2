import { AgentScopeError, DialogAgent, type Placeholder, UserAgent } from "agentscope-distributed";
import { chooseModel } from "../chosenModel.js";

// A person and an assistant talk until one of them says "exit". The assistant lives in a process of its own, and the user agent
// asks here, in the terminal of this program; it would from anywhere.

const { modelConfigName, toDist } = chooseModel();
const assistant = new DialogAgent({
  name: "assistant",
  sysPrompt: "You are a helpful assistant. Answer in a few sentences.",
  modelConfigName,
  toDist,
});
const user = new UserAgent({ name: "you", toDist });

console.log('Tell the assistant something, and ask about it. "exit" ends the conversation.');
let x: Placeholder | undefined;
try {
  for (;;) {
    x = user(x);
    if ((await x.content) === "exit") break;
    x = assistant(x);
  }
} catch (error) {
  // The input has ended: nobody will say "exit".
  if (!(error instanceof AgentScopeError && error.code === "NO_ANSWER")) throw error;
}
