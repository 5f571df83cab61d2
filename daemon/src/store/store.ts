import { join } from "node:path";
import { Database } from "./database.js";
import { RelayPortTable } from "./relayPortTable.js";
import { RunTable } from "./runTable.js";
import { ManagedServerTable, RemoteServerTable } from "./serverTables.js";

/** What the daemon remembers between its starts. */
export class Store implements Disposable {
  readonly runs: RunTable;
  readonly managedServers: ManagedServerTable;
  readonly remoteServers: RemoteServerTable;
  readonly relayPorts: RelayPortTable;

  private constructor(private readonly database: Database) {
    this.runs = new RunTable(database);
    this.managedServers = new ManagedServerTable(database);
    this.remoteServers = new RemoteServerTable(database);
    this.relayPorts = new RelayPortTable(database);
  }

  /**
   * Opens `studio.db` of a state folder, or makes it.
   *
   * To be called by the only daemon of the folder: the lock of one that was killed is removed.
   *
   * @param warn is told in a sentence what could not be read or written.
   * @throws Error when the folder can't hold the file.
   */
  static open(folder: string, warn: (text: string) => void): Store {
    return new Store(Database.open(join(folder, "studio.db"), warn));
  }

  /** Such as the port that was last listened on: scripts that were told of it look for the daemon there. */
  setting(name: string): string | undefined {
    const [row] = this.database.read("SELECT value FROM setting WHERE name = ?", [name]);
    return row === undefined ? undefined : String(row["value"]);
  }

  saveSetting(name: string, value: string): void {
    this.database.write("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", [name, value]);
  }

  [Symbol.dispose](): void {
    this.database[Symbol.dispose]();
  }
}
