import { InvalidArgumentError } from "../../errors.js";
import type { McpConnection } from "./mcpConnection.js";
import type { McpServers } from "./mcpServer.js";
import { mcpServersOf } from "./mcpServers.js";
import type { Tools } from "./tool.js";

/** The tools of an agent: its own, and those of the MCP servers that its config names. */
export class AgentTools {
  private constructor(
    readonly tools: Tools,
    private readonly connections: McpConnection[],
  ) {}

  /** @throws InvalidArgumentError when an MCP server can't be used. */
  static async open(own: Tools, mcpServers: readonly string[] | McpServers = []): Promise<AgentTools> {
    for (const name of Object.keys(own)) {
      if (name !== callable(name)) {
        throw new InvalidArgumentError(
          `the tool ${JSON.stringify(name)}: models take letters, digits, _ and - in a name`,
        );
      }
    }
    const servers = mcpServersOf(mcpServers);
    if (servers.length === 0) return new AgentTools(own, []);
    // Loaded here: most agents have no MCP server, and it is a large library.
    const { McpConnection } = await import("./mcpConnection.js");
    const opened = await Promise.allSettled(servers.map(([name, server]) => McpConnection.open(name, server)));
    const connections = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed = opened.find((one) => one.status === "rejected");
    const tools: Record<string, Tools[string]> = { ...own };
    try {
      if (failed !== undefined) throw failed.reason;
      for (const connection of connections) {
        for (const [name, tool] of Object.entries(await connection.tools())) {
          const free = Object.hasOwn(tools, callable(name)) ? callable(`${connection.name}_${name}`) : callable(name);
          tools[free] = tool;
        }
      }
    } catch (error) {
      await Promise.allSettled(connections.map((connection) => connection.close()));
      throw error;
    }
    return new AgentTools(tools, connections);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.connections.map((connection) => connection.close()));
  }
}

/** A name that models can call a tool by. */
function callable(name: string): string {
  return name.replaceAll(/[^\w-]/g, "_");
}
