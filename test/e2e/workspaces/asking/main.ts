import { Msg, UserAgent } from "agentscope-distributed";

// `--multiline`: the answer may have several lines; `--fail`: nobody is asked, and it fails.
if (process.argv.includes("--fail")) throw new Error("told to fail");

const anna = new UserAgent({ name: "Anna", multiline: process.argv.includes("--multiline") });
const question = new Msg({ name: "host", role: "assistant", content: "Which colour do you like?" });
const { content } = await anna(question);
console.log(`Anna said ${JSON.stringify(await content)}`);
