import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { studioErrorCode } from "agentscope-distributed/studio";
import { expect, test } from "vitest";
import { DaemonClient } from "../../src/client/daemonClient.js";
import { publish } from "../../src/home/discoveryFile.js";
import { Home } from "../../src/home/home.js";

test("a daemon that takes the connection and never answers, as a frozen one does, is given up and named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "as-client-"));
  const home = Home.open(folder);
  const sockets: Socket[] = [];
  const frozen = createServer((socket) => sockets.push(socket)).listen(home.pipe);
  await once(frozen, "listening");
  publish(home, {
    ...{ pid: process.pid, instance: "i", pipe: home.pipe, url: "http://127.0.0.1:1", token: "t" },
    ...{ version: "1", protocolVersion: 1, startedAtMs: 0 },
  });
  try {
    await expect(DaemonClient.connect(home, { timeoutMs: 200 })).rejects.toMatchObject({
      code: studioErrorCode.unreachable,
      message: expect.stringContaining(`process ${process.pid}) has not answered within 0.2 s`) as string,
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    frozen.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
