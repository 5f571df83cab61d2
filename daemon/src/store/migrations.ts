/**
 * What brings a database from one version of its tables to the next: the first entry makes version 1 of an empty one. Entries are
 * never changed, only added: databases of all versions are out there.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE run (
     run_id TEXT PRIMARY KEY,
     started_at_ms INTEGER NOT NULL,
     ended_at_ms INTEGER,
     record TEXT NOT NULL
   );
   CREATE INDEX run_by_start ON run (started_at_ms DESC);
   CREATE TABLE managed_server (server_id TEXT PRIMARY KEY, record TEXT NOT NULL);
   CREATE TABLE remote_server (server_id TEXT PRIMARY KEY, record TEXT NOT NULL, token TEXT);
   CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);`,
  // Tokens of servers are kept by nobody here any more.
  `UPDATE remote_server SET record = json_set(record, '$.access', 'token') WHERE token IS NOT NULL;
   ALTER TABLE remote_server DROP COLUMN token;`,
  `CREATE TABLE relay_port (server_id TEXT PRIMARY KEY, port INTEGER NOT NULL);`,
];
