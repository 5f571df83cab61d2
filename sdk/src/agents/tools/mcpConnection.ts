import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult, Tool as McpTool } from "@modelcontextprotocol/sdk/types.js";
import { asError, InvalidArgumentError } from "../../errors.js";
import type { McpAddress, McpProgram, McpServer } from "./mcpServer.js";
import type { Tool } from "./tool.js";

/** As long as a turn of an agent may last; a server that tells of its progress may take longer. */
const toolTimeoutMs = 300_000;

/** A server of the Model Context Protocol, and what it can do. */
export class McpConnection {
  private constructor(
    readonly name: string,
    private readonly client: Client,
    private readonly transport: McpTransport,
  ) {}

  /** @throws InvalidArgumentError when it can't be started or reached. */
  static async open(name: string, server: McpServer): Promise<McpConnection> {
    const transport = "command" in server ? new ProgramTransport(server) : httpTransport(server);
    const client = new Client({ name: "agentscope-distributed", version: "0.1.0" });
    const connection = new McpConnection(name, client, transport);
    try {
      await connection.held(() => client.connect(transport.transport));
      return connection;
    } catch (cause) {
      await connection.close().catch(() => {});
      const how = "command" in server ? [server.command, ...(server.args ?? [])].join(" ") : server.url;
      throw new InvalidArgumentError(
        `the MCP server ${JSON.stringify(name)} (${how}) can't be used: ${asError(cause).message}`,
        { cause },
      );
    }
  }

  /** Its tools, by name. */
  async tools(): Promise<Record<string, Tool>> {
    const tools: Record<string, Tool> = {};
    let cursor: string | undefined;
    do {
      const page = await this.held(() => this.client.listTools({ cursor }));
      for (const tool of page.tools) tools[tool.name] = this.tool(tool);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return tools;
  }

  private tool({ name, description, inputSchema }: McpTool): Tool {
    return {
      description: description ?? name,
      inputSchema,
      execute: async (input: Record<string, unknown>, { abortSignal }) => {
        const options = { signal: abortSignal, timeout: toolTimeoutMs, resetTimeoutOnProgress: true };
        const result = await this.held(() => this.client.callTool({ name, arguments: input }, undefined, options));
        const said = saidBy(result as CallToolResult);
        if (result.isError === true) throw new Error(typeof said === "string" ? said : JSON.stringify(said));
        return said;
      },
    } satisfies Tool<Record<string, unknown>>;
  }

  /** An open connection keeps no process alive; what is asked over it does. */
  private async held<T>(ask: () => Promise<T>): Promise<T> {
    this.transport.hold();
    try {
      return await ask();
    } catch (cause) {
      throw new Error(`MCP server ${JSON.stringify(this.name)}: ${asError(cause).message}`, { cause });
    } finally {
      this.transport.unhold();
    }
  }

  async close(): Promise<void> {
    await this.client.close();
    this.transport.forget();
  }
}

interface McpTransport {
  readonly transport: Transport;
  hold(): void;
  unhold(): void;
  /** It is closed. */
  forget(): void;
}

/** A program that ends with this process, and does not keep it alive by itself. */
class ProgramTransport implements McpTransport {
  readonly transport: StdioClientTransport;
  private holds = 0;
  private readonly kill = () => this.program?.kill();

  constructor({ command, args = [], env = {}, cwd }: McpProgram) {
    this.transport = new StdioClientTransport({
      command,
      args: [...args],
      env: { ...getDefaultEnvironment(), ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    process.once("exit", this.kill);
  }

  /** Started by the SDK, which has no word for letting it be. */
  private get program(): ChildProcess | undefined {
    return (this.transport as unknown as { _process?: ChildProcess })._process;
  }

  forget(): void {
    process.off("exit", this.kill);
  }

  hold(): void {
    if (this.holds++ === 0) for (const handle of this.handles()) handle.ref();
  }

  unhold(): void {
    if (--this.holds === 0) for (const handle of this.handles()) handle.unref();
  }

  private handles(): { ref(): void; unref(): void }[] {
    const { program } = this;
    if (program === undefined) return [];
    return [program, program.stdin as Socket | null, program.stdout as Socket | null].filter(
      (handle) => handle !== null,
    );
  }
}

function httpTransport({ url, headers = {} }: McpAddress): McpTransport {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    fetch: (address, init) =>
      // A stream for what the server has to say unasked would keep the process alive; this is how a server refuses it.
      init?.method === "GET" ? Promise.resolve(new Response(undefined, { status: 405 })) : fetch(address, init),
  });
  return { transport, hold: () => {}, unhold: () => {}, forget: () => {} };
}

/** What a tool gave, as a model is told: its data where it gave that, else its text. */
function saidBy({ structuredContent, content }: CallToolResult): unknown {
  if (structuredContent !== undefined) return structuredContent;
  return content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
}
