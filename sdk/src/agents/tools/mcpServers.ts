import { readFileSync } from "node:fs";
import { asError, InvalidArgumentError } from "../../errors.js";
import { settings } from "../../orchestration/settings.js";
import type { McpAddress, McpProgram, McpServer, McpServers } from "./mcpServer.js";

/**
 * Where an agent's config says its tools come from: servers that the machine's own configuration names, or what they are.
 *
 * On an agent server that serves others than its parent, only the one who started it says which programs it runs and which of
 * its environment goes where: there a config may name those servers, or others by address, and nothing else.
 *
 * @throws InvalidArgumentError saying which server can't be used and how it could.
 */
export function mcpServersOf(wanted: readonly string[] | McpServers): [name: string, server: McpServer][] {
  if (Array.isArray(wanted)) return (wanted as readonly string[]).map((name) => [name, ofThisMachine(name)]);
  return Object.entries(wanted as McpServers).map(([name, server]) => {
    if (!settings.trustsCallers) checkForeign(name, server);
    return [name, withEnvironment(name, server)];
  });
}

function ofThisMachine(name: string): McpServer {
  const server = Object.hasOwn(settings.mcpServers, name) ? settings.mcpServers[name] : undefined;
  if (server !== undefined) return withEnvironment(name, server);
  const names = Object.keys(settings.mcpServers);
  throw new InvalidArgumentError(
    `there is no MCP server ${JSON.stringify(name)} here; ${names.length === 0 ? "there are none" : `there are ${names.join(", ")}`}. ` +
      "Give it to the process that the agent lives in: init({ mcpServers }), or as-server --mcp-config-path",
  );
}

function checkForeign(name: string, server: McpServer): void {
  const isProgram = "command" in server;
  if (!isProgram && !JSON.stringify(server).includes("env:")) return;
  throw new InvalidArgumentError(
    `the MCP server ${JSON.stringify(name)} of the agent's config ${isProgram ? "is a program" : "needs an environment variable"}, ` +
      "and this agent server leaves that to whoever starts it: start it with --mcp-config-path FILE (option mcpServers), " +
      `and name the server in the agent's config: mcpServers: [${JSON.stringify(name)}]`,
  );
}

function withEnvironment(name: string, server: McpServer): McpServer {
  if ("command" in server) return { ...server, env: filled(name, server.env) };
  return { ...server, headers: filled(name, server.headers) };
}

function filled(name: string, values: Readonly<Record<string, string>> = {}): Record<string, string> {
  const fill = (text: string) =>
    text.replaceAll(/\benv:(\w+)/g, (_, variable: string) => {
      const value = process.env[variable];
      if (value !== undefined) return value;
      throw new InvalidArgumentError(
        `the MCP server ${JSON.stringify(name)} needs the environment variable ${variable}, which is not set in this process`,
      );
    });
  return Object.fromEntries(Object.entries(values).map(([key, text]) => [key, fill(text)]));
}

/**
 * MCP servers as they are, or from a JSON file with an object `mcpServers`.
 *
 * @throws InvalidArgumentError saying which file, which server and which field.
 */
export function readMcpServers(given: string | McpServers): McpServers {
  const source = typeof given === "string" ? given : "mcpServers";
  const read: unknown = typeof given === "string" ? readJson(given) : given;
  const servers = (read as { mcpServers?: unknown } | null)?.mcpServers ?? read;
  if (typeof servers !== "object" || servers === null || Array.isArray(servers)) {
    throw new InvalidArgumentError(`${source}: expected an object of MCP servers by name`);
  }
  for (const [name, server] of Object.entries(servers as Record<string, Partial<McpProgram & McpAddress> | null>)) {
    if (typeof server?.command !== "string" && typeof server?.url !== "string") {
      throw new InvalidArgumentError(`${source}: the MCP server ${JSON.stringify(name)} has neither command nor url`);
    }
  }
  return servers as McpServers;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new InvalidArgumentError(`MCP servers can't be read from ${path}: ${asError(cause).message}`, { cause });
  }
}
