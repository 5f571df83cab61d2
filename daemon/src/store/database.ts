import { closeSync, openSync, renameSync, rmSync, rmdirSync } from "node:fs";
import type { BindValues, Database as Connection, SQLiteValue } from "node-sqlite3-wasm";
import { migrations } from "./migrations.js";
import { Sqlite } from "./sqlite.js";

export type { BindValues };
export type Row = Record<string, SQLiteValue>;

/**
 * The daemon's database: a file that only its owner reads.
 *
 * It is what the daemon knows after its next start; while it runs it works from memory. So a database that can't be read or written costs
 * a line in the log, never the daemon.
 */
export class Database implements Disposable {
  private constructor(
    private readonly connection: Connection,
    private readonly warn: (text: string) => void,
  ) {}

  /**
   * Opens a database, or makes it. One that is damaged, or of a newer version, is put aside and named in a warning.
   *
   * To be called by the only daemon of the state folder: the lock of one that was killed is removed.
   *
   * @throws Error when there can be no file at `path`.
   */
  static open(path: string, warn: (text: string) => void): Database {
    removeLock(path);
    // The mode counts only for a file that is made here, so it is made before SQLite would.
    closeSync(openSync(path, "a", 0o600));
    try {
      return new Database(connect(path), warn);
    } catch (error) {
      const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
      removeLock(path);
      rmSync(`${path}-journal`, { force: true });
      renameSync(path, aside);
      warn(`The database of runs and servers was unusable (${describe(error)}); it was put aside as ${aside}.`);
      closeSync(openSync(path, "a", 0o600));
      return new Database(connect(path), warn);
    }
  }

  /** Writes; a failure is only logged. */
  write(sql: string, values: BindValues = []): void {
    try {
      this.connection.run(sql, values);
    } catch (error) {
      this.warn(`The database of runs and servers could not be written: ${describe(error)}`);
    }
  }

  /** Reads; after a failure, which is logged, there are no rows. */
  read(sql: string, values: BindValues = []): Row[] {
    try {
      return this.connection.all(sql, values) as Row[];
    } catch (error) {
      this.warn(`The database of runs and servers could not be read: ${describe(error)}`);
      return [];
    }
  }

  [Symbol.dispose](): void {
    if (this.connection.isOpen) this.connection.close();
  }
}

function connect(path: string): Connection {
  const connection = new Sqlite(path);
  try {
    // Nobody else has this file open, so its lock is taken once: each write costs a tenth. What a power failure may cost is not worth
    // waiting for the disk with each change of a run; a process that is killed loses nothing by it.
    // What is deleted is overwritten: a former version kept tokens here.
    connection.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;",
    );
    const [check] = Object.values(connection.get("PRAGMA quick_check(1)") ?? {});
    if (check !== "ok") throw new Error(`quick_check says ${String(check)}`);
    migrate(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function migrate(connection: Connection): void {
  const version = Number(connection.get("PRAGMA user_version")?.["user_version"]);
  if (version > migrations.length) throw new Error(`it is of version ${version}, newer than this daemon's`);
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    connection.exec(`BEGIN; ${sql} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

/** This build of SQLite locks by making a folder, which a killed process leaves behind. */
function removeLock(path: string): void {
  try {
    rmdirSync(`${path}.lock`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
