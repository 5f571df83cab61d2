/** A server of the Model Context Protocol that is a program, which the agent starts and ends. */
export interface McpProgram {
  command: string;
  args?: readonly string[] | undefined;
  /** Besides the few that every program gets. `env:NAME` stands for what NAME is on the machine of the agent. */
  env?: Readonly<Record<string, string>> | undefined;
  cwd?: string | undefined;
}

/** A server of the Model Context Protocol that is reached by HTTP. */
export interface McpAddress {
  url: string;
  /** `env:NAME` stands for what NAME is on the machine of the agent; also within a text, as in `Bearer env:TOKEN`. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** In the form that is usual for `mcpServers`. */
export type McpServer = McpProgram | McpAddress;
export type McpServers = Readonly<Record<string, McpServer>>;
