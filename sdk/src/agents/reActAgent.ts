import { asError, InvalidArgumentError } from "../errors.js";
import { Msg } from "../messages/msg.js";
import type { ChatResult, ChatTool, ChatToolCall } from "../models/chatModel.js";
import { telemetry } from "../telemetry/telemetry.js";
import { agent } from "./agentDecorator.js";
import { builtInAgent, portableConfig } from "./brand.js";
import type { ToolCallRecord, ToolResultRecord } from "./conversation.js";
import { ModelAgent, type ModelAgentConfig } from "./modelAgent.js";
import { AgentTools } from "./tools/agentTools.js";
import type { McpServers } from "./tools/mcpServer.js";
import type { Tools } from "./tools/tool.js";

export interface ReActAgentConfig extends ModelAgentConfig {
  /** What the agent can do, by name. Functions can't travel: an agent that is to live elsewhere has them in its class. */
  tools?: Tools | undefined;
  /** MCP servers whose tools it has too: names of the machine's own, or what they are (see {@link McpServers}). */
  mcpServers?: readonly string[] | McpServers | undefined;
  /** How often the model may think and act before it must answer. Default 10. */
  maxIters?: number | undefined;
  /** Whether it says which tools it uses, and what comes of that. Default true. */
  verbose?: boolean | undefined;
}

/** What is said in the terminal of a tool's result at most, in characters. */
const shownLength = 200;

const outOfIterations =
  "You have used up your iterations and can use no more tools. Answer now, by what you have found out so far.";

/**
 * Reasons and acts by turns: its model may use tools, sees what comes of it, and goes on until it answers without one, or
 * `maxIters` are used up. What it did is in its memory, with the conversation.
 *
 * @example
 * ```ts
 * export class Clerk extends ReActAgent {
 *   override get tools() {
 *     return { add: tool({ description: "Adds two numbers.", inputSchema: z.object({ a: z.number(), b: z.number() }), execute: ({ a, b }) => a + b }) };
 *   }
 * }
 * const clerk = new Clerk({ name: "clerk" }).toDist();
 * const archivist = new ReActAgent({ name: "archivist", mcpServers: { files: { command: "mcp-files", args: ["/data"] } }, toDist: true });
 * ```
 */
@agent
export class ReActAgent<Config extends ReActAgentConfig = ReActAgentConfig> extends ModelAgent<Config> {
  static readonly [builtInAgent] = "ReActAgent";
  private opened: AgentTools | undefined;

  /** @throws InvalidArgumentError when functions are to travel. */
  static [portableConfig](config: ReActAgentConfig): ReActAgentConfig {
    const names = Object.keys(config?.tools ?? {});
    if (names.length === 0) return config;
    throw new InvalidArgumentError(
      `agent ${JSON.stringify(config.name)}: the tools ${names.join(", ")} of its config are functions, which can't be sent to another ` +
        "process. Have them in a class, which each process can load (in a module of its own: export class MyAgent extends " +
        "ReActAgent { override get tools() { return { … }; } }), or use MCP servers",
    );
  }

  /** The agent's own tools; those of MCP servers come to them. */
  get tools(): Tools {
    return this.config.tools ?? {};
  }

  override get sysPrompt(): string {
    return this.config.sysPrompt ?? `You're a helpful assistant named ${this.name}.`;
  }

  override async setup(): Promise<void> {
    this.opened = await AgentTools.open(this.tools, this.config.mcpServers);
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    await this.opened?.close();
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg<string>> {
    const heard = this.hear(x);
    const tools = this.toolsForModel();
    for (let left = this.config.maxIters ?? 10; left > 0; left--) {
      const answer = await this.answerAloud({ messages: await this.messages(heard), tools });
      if (answer.toolCalls.length === 0) return this.said(answer);
      const acted = [this.calls(answer), ...(await this.act(answer.toolCalls))];
      heard.push(...acted);
      this.remember(acted);
    }
    const messages = [...(await this.messages(heard)), { role: "user", content: outOfIterations } as const];
    return this.said(await this.answerAloud({ messages, tools, toolChoice: "none" }));
  }

  private toolsForModel(): ChatTool[] {
    return Object.entries(this.opened?.tools ?? {}).map(([name, { description = name, inputSchema }]) => ({
      name,
      description,
      inputSchema,
    }));
  }

  private said({ text }: ChatResult): Msg<string> {
    const said = new Msg({ name: this.name, content: text, role: "assistant" });
    this.remember(said);
    return said;
  }

  private calls({ text, toolCalls, message: { providerContent } }: ChatResult): Msg {
    const metadata: ToolCallRecord = { toolCalls, providerContent };
    return new Msg({ name: this.name, content: text, role: "assistant", metadata });
  }

  private act(calls: readonly ChatToolCall[]): Promise<Msg[]> {
    return Promise.all(calls.map((call) => this.actOnce(call)));
  }

  private async actOnce(call: ChatToolCall): Promise<Msg> {
    const { id: toolCallId, name: toolName } = call;
    let result: { content: string; isError?: boolean };
    try {
      result = { content: textOf(await this.execute(call)) };
    } catch (thrown) {
      result = { content: asError(thrown).message, isError: true };
    }
    const { content, isError = false } = result;
    if (this.config.verbose !== false) {
      const shown = content.length > shownLength ? `${content.slice(0, shownLength)}…` : content;
      await this.speak(`${toolName}(${JSON.stringify(call.input)}) ${isError ? "failed:" : "→"} ${shown}`);
    }
    const metadata: ToolResultRecord = { toolCallId, toolName, isError };
    return new Msg({ name: toolName, content, role: "system", metadata });
  }

  private async execute({ id, name, input, invalid }: ChatToolCall): Promise<unknown> {
    if (invalid !== undefined) throw new Error(invalid);
    const tool = this.opened?.tools[name];
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    const call = async () => tool.execute(input as never, { toolCallId: id, abortSignal: this.abortSignal });
    return telemetry.on === undefined ? call() : telemetry.on.toolCall({ name, id }, call);
  }
}

/** A tool's result as the model reads it. */
function textOf(result: unknown): string {
  if (result === undefined) return "done";
  return typeof result === "string" ? result : (JSON.stringify(result) ?? "done");
}
