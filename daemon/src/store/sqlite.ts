import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import type * as NodeSqlite from "node-sqlite3-wasm";

// Before SQLite is loaded, which an import would be at once. Its code would be compiled a second time, optimised, while it is used: 30 MB
// of memory for a database that is written a few times a second at most.
setFlagsFromString("--liftoff-only");

export const { Database: Sqlite } = createRequire(import.meta.url)("node-sqlite3-wasm") as typeof NodeSqlite;
