import { fileURLToPath } from "node:url";
import { asServerProgram } from "../../src/bin/asServerProgram.js";
import { tlsOf } from "../../src/bin/accessOptions.js";
import { AgentScopeError } from "../../src/errors.js";
import { serverLimits } from "../../src/server/serverLimits.js";
import { isToldOfLine, lineOf, lineReader } from "./commandLine.js";
import { fuzzReaders } from "./fuzzReaders.js";

fuzzReaders(
  [
    {
      name: "command lines of as-server",
      seeds: [
        lineOf("--host", "0.0.0.0", "--port", "12001", "--agent-dir", "agents/", "--token-file", "t", "--workers", "2"),
        lineOf("start", "--max-agents", "10", "--max-queue-length=5", "--idle-connection-seconds", "9", "--no-log"),
        lineOf("status", "--host", "::1", "--port", "1", "--tls-cert", "c", "--tls-key", "k", "--tls-ca", "a"),
        lineOf("token", "--from", "secret", "--role", "read", "--days", "3", "--out", "o"),
        lineOf("cert", "--out", "folder", "--host", "a.example", "10.0.0.1", "--renew"),
      ],
      read: lineReader(asServerProgram(), (options) => {
        tlsOf(options);
        serverLimits(options);
      }),
      mayThrow: (error) => isToldOfLine(error) || error instanceof AgentScopeError,
    },
  ],
  fileURLToPath(new URL("corpus/", import.meta.url)),
);
