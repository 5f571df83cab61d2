import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { mutant, Random } from "../../../sdk/test/fuzz/mutate.js";
import { Daemon } from "../../src/daemon.js";

// Requests on the daemon's port, damaged: each is answered, or its connection ended, and the daemon goes on as before.
//
//   FUZZ_INPUTS=1000000 FUZZ_SEED=7 npm run test:fuzz      a tenth as many; without: a short form

const inputs = Math.ceil(Number(process.env["FUZZ_INPUTS"] ?? 10_000) / 10);
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
/** At a time; each waits for its end. */
const atATime = 50;
/** What an answer may take on a machine with other things to do. */
const patienceMs = 30_000;
const corpus = fileURLToPath(new URL("corpus/requests-on-the-daemons-port/", import.meta.url));

const json = (path: string, value: unknown) => {
  const body = JSON.stringify(value);
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};
const rpc = (value: object) => {
  const body = JSON.stringify({ jsonrpc: "2.0", ...value });
  return `Content-Length: ${body.length}\r\n\r\n${body}`;
};
const upgrade = "GET /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: agentscope-rpc\r\n\r\n";
const client = { kind: "script", name: "s", version: "1", pid: 1 };

const seeds = [
  "GET /api/servers/all HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n",
  "GET /api/servers/agent_info/%2e%2e%2f HTTP/1.1\r\nHost: 127.0.0.1:5000\r\nCookie: a=b; c=d.e.f\r\n\r\n",
  "GET /studio/assets/studio.js HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nSec-Fetch-Site: none\r\n\r\n",
  json("/api/servers/register", { server_id: "x", host: "127.0.0.1", port: 0 }),
  json("/api/servers/agents/memory", { server_id: "x", agent_id: "y" }),
  json("/studio/session", { code: "x" }),
  "POST /api/messages/push HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
  `${upgrade}${rpc({ id: 1, method: "hello", params: { protocolVersion: 1, token: "x", client } })}`,
  "GET /tunnel/abc HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: agentscope-tunnel\r\n\r\n",
].map((text) => Buffer.from(text));

describe("requests on the daemon's port", { timeout: 3_600_000 }, () => {
  let folder: string;
  let daemon: Daemon;
  let port: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fuzz-http-"));
    vi.stubEnv("AGENTSCOPE_STATE_DIR", join(folder, "state"));
    const start = await Daemon.start({ port: 0 });
    if (start.kind === "taken") throw new Error("there is a daemon in a new folder");
    daemon = start.daemon;
    port = Number(new URL(start.discovery.url).port);
  });
  afterAll(async () => {
    await daemon?.end("the test ends");
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends it, and says no more; whether it was answered or let go. */
  async function isEnded(bytes: Buffer): Promise<boolean> {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {}).resume();
    socket.end(bytes);
    const closed = once(socket, "close").then(() => true);
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    const begin = performance.now();
    await closed;
    clearTimeout(timer);
    return performance.now() - begin < patienceMs;
  }

  async function isWell(): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${port}/api/servers/all`);
    return answer.status === 200 && Array.isArray(await answer.json()) && !("polluted" in {});
  }

  async function send(all: readonly Buffer[]): Promise<void> {
    const ends = await Promise.all(all.map(isEnded));
    for (const [index, bytes] of all.entries()) {
      if (ends[index] === true) continue;
      mkdirSync(corpus, { recursive: true });
      writeFileSync(join(corpus, `${seed}-${index}`), bytes);
      expect.fail(`${bytes.length} bytes, kept in ${corpus}, were not answered within ${patienceMs} ms`);
    }
  }

  test(`are answered or let go, whatever they are (seed ${seed})`, async () => {
    const random = new Random(seed);
    await send(keptInputs());
    for (let sent = 0; sent < inputs; sent += atATime) {
      await send(Array.from({ length: atATime }, () => mutant(seeds, random)));
    }
    expect(await isWell()).toBe(true);
  });

  test("leave nothing in memory", async () => {
    const random = new Random(seed + 1);
    const heapBytes = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        await send(Array.from({ length: atATime }, () => mutant(seeds, random)));
      }
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    const first = await heapBytes(10);
    expect((await heapBytes(20)) - first).toBeLessThan(8 * 2 ** 20);
  });
});

function keptInputs(): Buffer[] {
  try {
    return readdirSync(corpus).map((file) => readFileSync(join(corpus, file)));
  } catch {
    return [];
  }
}
