import { fileURLToPath } from "node:url";
import { isToldOfLine, lineOf, lineReader } from "../../../sdk/test/fuzz/commandLine.js";
import { fuzzReaders } from "../../../sdk/test/fuzz/fuzzReaders.js";
import { asStudioProgram } from "../../src/bin/asStudioProgram.js";
import { argumentsOf, daemonOptionsOf } from "../../src/bin/startOptions.js";
import { checkDaemonOptions } from "../../src/daemonOptions.js";
import { StudioError } from "../../src/errors.js";

fuzzReaders(
  [
    {
      name: "command lines of as-studio",
      seeds: [
        lineOf("--host", "0.0.0.0", "--port", "0", "--token-file", "t", "--limit", "maxConnections=5", "--no-log"),
        lineOf("start", "--detached", "--idle-seconds", "3", "--tls-cert", "c", "--tls-key", "k", "--tls-ca", "a"),
        lineOf("--stdio", "--pipe", "/tmp/p", "--socket=5001", "--limit", "helloTimeoutMs=1"),
        lineOf("run", "--target", "child", "--node-arg", "--inspect", "main.ts", "--question", "Why?"),
        lineOf("stop", "id", "--force"),
        lineOf("memory", "agent", "--last", "10", "--json"),
        lineOf("open", "resources", "--print"),
      ],
      read: lineReader(asStudioProgram(), (options) => {
        const given = options as never;
        checkDaemonOptions(daemonOptionsOf(given));
        argumentsOf(given);
      }),
      mayThrow: (error) => isToldOfLine(error) || error instanceof StudioError,
    },
  ],
  fileURLToPath(new URL("corpus/", import.meta.url)),
);
