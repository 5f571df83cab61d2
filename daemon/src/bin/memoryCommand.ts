import { Command } from "commander";
import type { DaemonClient } from "../client/daemonClient.js";
import { StudioError } from "../errors.js";
import { agentMemory, type AgentRow, type MessageRecord } from "../protocol/index.js";
import { pageLimit } from "../terminal/asking.js";
import { findAgent } from "../terminal/findThing.js";
import { messageText } from "../terminal/messageText.js";
import { watching } from "../terminal/watching.js";
import { wholeNumber } from "./numberOption.js";
import { printJson, withDaemon } from "./withDaemon.js";

interface MemoryOptions {
  follow?: boolean;
  json?: boolean;
  last?: number;
}

export function memoryCommand(): Command {
  return new Command("memory")
    .description("the messages that an agent remembers, oldest first")
    .argument("<agent>", "its id, the beginning of its id, or its name")
    .option("--last <n>", "only the newest", wholeNumber(1))
    .option("--follow", "and those that come, until Ctrl-C")
    .option("--json", "as JSON; with --follow a line for each message")
    .action((typed: string, options: MemoryOptions) =>
      withDaemon(async (daemon) => {
        const agent = await findAgent(daemon, typed);
        if (options.follow === true) await follow(daemon, agent, options);
        else await show(daemon, agent, options);
      }),
    );
}

async function show(
  daemon: DaemonClient,
  { serverId, agentId }: AgentRow,
  { last, json }: MemoryOptions,
): Promise<void> {
  const messages: MessageRecord[] = [];
  const at = (offset: number, limit: number) => daemon.request(agentMemory, { serverId, agentId, offset, limit });
  const { total } = await at(0, 1);
  for (let offset = Math.max(0, total - (last ?? total)); offset < total; offset += pageLimit) {
    messages.push(...(await at(offset, pageLimit)).rows);
  }
  if (json === true) return printJson(messages);
  process.stdout.write(messages.length === 0 ? "it remembers nothing\n" : messages.map(messageText).join("\n"));
}

async function follow(daemon: DaemonClient, agent: AgentRow, { last = Infinity, json }: MemoryOptions): Promise<void> {
  let shown = 0;
  const { serverId, agentId } = agent;
  const { ended } = await watching(daemon.connection, { topic: "memory", serverId, agentId }, (event) => {
    if (event.kind !== "memory") return;
    const isFirst = shown === 0;
    // What was shown is not taken back: messages that were deleted make room for others.
    if (event.snapshot && !isFirst) process.stderr.write("as-studio: the memory was changed; its newest messages:\n");
    const fresh = event.snapshot ? event.messages : event.messages.slice(Math.max(0, shown - event.offset));
    for (const message of isFirst ? fresh.slice(-Math.min(last, fresh.length)) : fresh) {
      process.stdout.write(json === true ? `${JSON.stringify(message)}\n` : `${messageText(message)}\n`);
    }
    shown = event.offset + event.messages.length;
  });
  const reason = await ended;
  if (reason !== undefined) throw StudioError.refused(reason);
  throw StudioError.unreachable("the daemon has ended");
}
