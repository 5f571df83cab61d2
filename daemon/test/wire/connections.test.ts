import { PassThrough } from "node:stream";
import { hello, studioProtocolVersion } from "agentscope-distributed/studio";
import { createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";
import { expect, test } from "vitest";
import { LogBook } from "../../src/log/logBook.js";
import { Connections } from "../../src/wire/connections.js";
import { defaultWireLimits } from "../../src/wire/wireLimits.js";
import { until } from "../until.js";

test("who is let go by a part of the daemon is told so, and is nobody's guest any more", async () => {
  const [toDaemon, toGuest] = [new PassThrough(), new PassThrough()];
  const held: MessageConnection[] = [];
  let left = 0;
  const connections = new Connections({
    identity: { token: "secret", version: "1", instance: "i" },
    log: new LogBook(),
    welcome: ({ connection }) => {
      held.push(connection);
      return () => (left += 1);
    },
    limits: defaultWireLimits,
  });
  connections.accept({ readable: toDaemon, writable: toGuest }, { name: "pipe", isLocal: true, reachedHost: "" });
  const guest = createMessageConnection(toGuest, toDaemon);
  let isClosed = false;
  guest.onClose(() => (isClosed = true));
  guest.listen();
  const client = { kind: "server", name: "s", version: "1", pid: 1 } as const;
  await guest.sendRequest(hello, { protocolVersion: studioProtocolVersion, token: "secret", client });
  expect(connections.guests).toHaveLength(1);

  held[0]?.dispose();
  expect(connections.guests).toEqual([]);
  expect(left).toBe(1);
  await until(() => isClosed, { what: "the end of the connection" });
});
