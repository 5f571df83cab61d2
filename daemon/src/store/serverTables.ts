import type { StartServer } from "../protocol/index.js";
import type { Database } from "./database.js";

/** A server that the daemon started and is to find again. */
export interface StoredManagedServer {
  serverId: string;
  /** What it was started with, and is started again with. */
  options: StartServer;
  pid: number;
  /** Tells the process apart from a later one with the same pid, where the system has such a thing. */
  processMark?: string;
  /** Empty until it has attached. */
  instance: string;
  startedAtMs: number;
  restarts: number;
  /** The run that it was started for, and ends with. */
  forRun?: string;
}

/** A server that a person named. */
export interface StoredRemoteServer {
  serverId: string;
  host: string;
  port: number;
  /** What it wants to see, which is not kept: undefined, nothing. */
  access?: "token" | "tls";
  /** It registered itself by HTTP, once, as AgentScope 0.1's do; undefined: a person named it. */
  registered?: boolean;
}

export class ManagedServerTable {
  constructor(private readonly database: Database) {}

  save(server: StoredManagedServer): void {
    this.database.write("INSERT OR REPLACE INTO managed_server (server_id, record) VALUES (?, ?)", [
      server.serverId,
      JSON.stringify(server),
    ]);
  }

  all(): StoredManagedServer[] {
    return this.database
      .read("SELECT record FROM managed_server ORDER BY server_id")
      .map(({ record }) => JSON.parse(String(record)) as StoredManagedServer);
  }

  delete(serverId: string): void {
    this.database.write("DELETE FROM managed_server WHERE server_id = ?", [serverId]);
  }
}

export class RemoteServerTable {
  constructor(private readonly database: Database) {}

  save(server: StoredRemoteServer): void {
    this.database.write("INSERT OR REPLACE INTO remote_server (server_id, record) VALUES (?, ?)", [
      server.serverId,
      JSON.stringify(server),
    ]);
  }

  all(): StoredRemoteServer[] {
    return this.database
      .read("SELECT record FROM remote_server ORDER BY server_id")
      .map(({ record }) => JSON.parse(String(record)) as StoredRemoteServer);
  }

  delete(serverId: string): void {
    this.database.write("DELETE FROM remote_server WHERE server_id = ?", [serverId]);
  }
}
