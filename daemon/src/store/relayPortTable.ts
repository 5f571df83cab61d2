import type { Database } from "./database.js";

/** Those of servers that have not come for longest are forgotten beyond this number. */
const mostPorts = 1000;

/** The ports by which servers are reached that open connections to the daemon alone: callers look for them there. */
export class RelayPortTable {
  constructor(private readonly database: Database) {}

  save(serverId: string, port: number): void {
    this.database.write("INSERT OR REPLACE INTO relay_port (server_id, port) VALUES (?, ?)", [serverId, port]);
    this.database.write(
      "DELETE FROM relay_port WHERE rowid NOT IN (SELECT rowid FROM relay_port ORDER BY rowid DESC LIMIT ?)",
      [mostPorts],
    );
  }

  find(serverId: string): number | undefined {
    const [row] = this.database.read("SELECT port FROM relay_port WHERE server_id = ?", [serverId]);
    return row === undefined ? undefined : Number(row["port"]);
  }

  delete(serverId: string): void {
    this.database.write("DELETE FROM relay_port WHERE server_id = ?", [serverId]);
  }
}
