import { DialogAgent, init, Msg } from "agentscope-distributed";
import { Clerk } from "./agents/clerk.js";

// What is said to the agent; `--clerk`: to one that has tools; `--configured`: its server has the config of the model.
const [said = "", ...flags] = process.argv.slice(2);
if (!flags.includes("--configured")) init({ modelConfigs: "models.json" });
const config = { name: "A", modelConfigName: "mine" };
const agent = flags.includes("--clerk") ? new Clerk(config).toDist() : new DialogAgent(config).toDist();
try {
  const { content } = await agent(new Msg({ name: "user", role: "user", content: said }));
  console.log(`\nanswered: ${String(await content)}`);
} catch (error) {
  console.log(`\nfailed: ${(error as Error).message}`);
}
