import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LogBook } from "../../src/log/logBook.js";
import { Relays } from "../../src/relay/relays.js";
import { Store } from "../../src/store/store.js";
import { until } from "../until.js";

/** A server behind a link that only leads outward: it opens a connection to the daemon for each tunnel. */
let hidden: Server;
let daemon: Server;
let folder: string;
let store: Store;
let relays: Relays;
let onTunnel: (tunnelId: string) => boolean;
const asked: string[] = [];
/** Of connections to the daemon that are on their way, in their order. */
const opening: string[] = [];
const open: Socket[] = [];

beforeEach(async () => {
  hidden = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  daemon = createServer({ allowHalfOpen: true });
  for (const server of [hidden, daemon]) {
    server.on("connection", (socket) => open.push(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  asked.length = 0;
  opening.length = 0;
  onTunnel = (tunnelId) => {
    asked.push(tunnelId);
    const [toDaemon, toHidden] = [dial(daemon), dial(hidden)];
    toDaemon.pipe(toHidden).pipe(toDaemon);
    opening.push(tunnelId);
    return true;
  };
  daemon.on("connection", (socket) => {
    const tunnelId = opening.shift();
    if (tunnelId !== undefined && !relays.take(tunnelId, socket)) socket.destroy();
  });
  folder = await mkdtemp(join(tmpdir(), "relay-test-"));
  store = Store.open(folder, () => {});
  relays = makeRelays();
});

const makeRelays = () =>
  new Relays({
    bindHost: "127.0.0.1",
    log: new LogBook(),
    relayPorts: store.relayPorts,
    ask: (_server, { tunnelId }) => onTunnel(tunnelId),
  });

afterEach(async () => {
  await relays[Symbol.asyncDispose]();
  store[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
  for (const socket of open.splice(0)) socket.destroy();
  hidden.close();
  daemon.close();
});

function dial(server: Server): Socket {
  return dialPort((server.address() as AddressInfo).port);
}

function dialPort(port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  open.push(socket);
  return socket;
}

const about = { serverId: "s", access: "token" as const };
const reached = { reachedHost: "127.0.0.1" };
const bytesOf = async (socket: Socket): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
};

describe("a server that is reached through the daemon", () => {
  test("answers at the daemon's port as at its own, in several connections at once, and each way ends by itself", async () => {
    const { port } = await relays.open(about, reached);
    const texts = ["one", "two", "three"];
    const answers = await Promise.all(
      texts.map((text) => {
        const socket = dialPort(port);
        socket.end(text);
        return bytesOf(socket);
      }),
    );
    expect(answers.map(String)).toEqual(texts);
    await until(() => relays.counters("s")?.open === 0, { what: "the end of the connections" });
    expect(relays.counters("s")).toEqual({ open: 0, opened: 3, bytesIn: 11, bytesOut: 11 });
    expect(new Set(asked).size).toBe(3);
  });

  test("is no leak of listeners to Node, where others listen to its connections, too", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    const before = EventEmitter.defaultMaxListeners;
    process.on("warning", note);
    // As if others listened: what a connection is passed on with is then above it.
    EventEmitter.defaultMaxListeners = 6;
    try {
      const { port } = await relays.open(about, reached);
      const socket = dialPort(port);
      socket.end("one");
      expect(String(await bytesOf(socket))).toBe("one");
    } finally {
      EventEmitter.defaultMaxListeners = before;
    }
    // Warnings are told in a later tick.
    await nextTurn();
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  test("is not sent more than it reads: the daemon holds nothing", async () => {
    hidden.removeAllListeners("connection");
    hidden.on("connection", (socket) => {
      open.push(socket);
      socket.pause();
    });
    const { port } = await relays.open(about, reached);
    const socket = dialPort(port);
    const piece = Buffer.alloc(1 << 20);
    let written = 0;
    const limit = 256;
    while (written < limit && (socket.write(piece) || (await drainsSoon(socket)))) written += 1;
    // The buffers of the four sockets on the way, and no more.
    expect(written).toBeLessThan(64);
  });

  test("has the port that it had before, where that is free", async () => {
    const first = await relays.open(about, reached);
    expect(await relays.open(about, reached)).toEqual(first);
    await relays.forget("s");
    expect(await relays.open({ ...about, relay: first }, reached)).toEqual(first);
    const other = await relays.open({ ...about, serverId: "t", relay: first }, reached);
    expect(other.port).not.toBe(first.port);
  });

  test("has the port that it had with the daemon before, also where it does not know it itself", async () => {
    const first = await relays.open(about, reached);
    await relays[Symbol.asyncDispose]();
    relays = makeRelays();
    expect(await relays.open(about, reached)).toEqual(first);
    await relays.forget("s");
    expect(store.relayPorts.find("s")).toBeUndefined();
  });

  test("that can't be told of a caller is not there for it, at once", async () => {
    const { port } = await relays.open(about, reached);
    onTunnel = () => false;
    expect(await bytesOf(dialPort(port))).toHaveLength(0);
  });

  test("ends callers when its end of the tunnel breaks", async () => {
    const { port } = await relays.open(about, reached);
    const socket = dialPort(port);
    socket.write("x");
    await once(socket, "data");
    for (const one of open) if (one !== socket) one.destroy();
    socket.resume();
    await once(socket, "end");
    await until(() => relays.counters("s")?.open === 0, { what: "the end of the connection" });
    expect(relays.counters("s")).toMatchObject({ opened: 1 });
  });

  test("that lets everybody in is refused by a daemon that other machines reach, with what to do", async () => {
    const wide = new Relays({
      bindHost: "0.0.0.0",
      log: new LogBook(),
      relayPorts: store.relayPorts,
      ask: () => true,
    });
    await expect(wide.open({ serverId: "s", access: "open" }, reached)).rejects.toThrow("--token-file");
    await wide[Symbol.asyncDispose]();
  });
});

test("a tunnel that nobody asked for is not taken, and one that was is taken once", async () => {
  expect(relays.take("no such id", dial(daemon))).toBe(false);
  const { port } = await relays.open(about, reached);
  const socket = dialPort(port);
  socket.write("x");
  await once(socket, "data");
  expect(relays.take(asked[0] as string, dial(daemon))).toBe(false);
});

async function drainsSoon(socket: Socket): Promise<boolean> {
  return once(socket, "drain", { signal: AbortSignal.timeout(500) }).then(
    () => true,
    () => false,
  );
}
