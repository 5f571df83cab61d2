import { RpcAgentServerLauncher } from "agentscope-distributed";
import { Guesser } from "./agents/guesser.js";
import { Keeper } from "./agents/keeper.js";
import { converse } from "./converse.js";

const guesser = { name: "guesser", lowest: 1, highest: 100 };
const keeper = { name: "keeper", secret: 42 };

// 1. All agents in this process.
show("local", await converse(new Guesser(guesser), new Keeper(keeper)));

// 2. Each agent in a child process, which starts and ends with this one.
show("child processes", await converse(new Guesser(guesser).toDist(), new Keeper({ ...keeper, toDist: true })));

// 3. One agent in a child process, the other on an independent agent server. The script starts the server itself here, so
//    that it is all there; elsewhere it is `as-server --host … --port … --agent-dir …` (see ../twoMachines).
await using server = new RpcAgentServerLauncher({ host: "127.0.0.1", port: 0, customAgentClasses: [Guesser, Keeper] });
await server.launch();
const { host, port } = server;
show("agent server", await converse(new Guesser(guesser).toDist(), new Keeper({ ...keeper, toDist: { host, port } })));

function show(deployment: string, transcript: readonly string[]): void {
  console.log(`${deployment}: ${transcript.join(", ")}`);
}
