import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { AgentScopeError } from "../../src/errors.js";
import type { AgentHost } from "../../src/runtime/agentHost.js";
import { Connection } from "../../src/runtime/connection.js";
import { Msg } from "../../src/messages/msg.js";
import { MemoryNetwork, type MemoryProcess } from "../runtime/memoryNetwork.js";
import { fuzzReaders } from "./fuzzReaders.js";

// Frames of a conversation that goes on: the other end counts them rightly, and damages the rest. What they may do is end it.

/** What a server of one thread has of a caller; anew after so many frames: agents that they made are its own until then. */
const framesOfOne = 100;

function echoWorld(): { caller: MemoryProcess; server: MemoryProcess } {
  const network = new MemoryNetwork();
  const reply = (input: unknown): unknown => (Array.isArray(input) ? input[0] : input);
  network.define("Echo", () => ({ name: "E", reply, observe: () => {}, dispose: () => {} }) as never);
  return { caller: network.add(), server: network.add({ address: "server:1" }) };
}

/** The frames by which a caller makes an agent, calls it with values of all kinds, passes results on, and releases them. */
async function recordedFrames(): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  const { caller, server } = echoWorld();
  const receiving = vi.spyOn(Connection.prototype, "receive");
  try {
    const echo = caller.make("Echo", server);
    const say = (content: unknown) => new Msg({ name: "user", content, role: "user" } as never);
    const first = echo(say({ text: "a", bytes: new Uint8Array(10), map: new Map([[1, 2n ** 70n]]) }));
    const second = echo(first);
    await Promise.all([first, second, echo([second, say("x".repeat(100_000))]), echo.observe(say("seen"))]);
  } finally {
    for (const [index, [bytes]] of receiving.mock.calls.entries()) {
      const { peer } = receiving.mock.contexts[index] as Connection;
      if (peer?.instance === caller.self.instance) frames.push(Buffer.from(bytes));
    }
    receiving.mockRestore();
  }
  return frames;
}

const frames = await recordedFrames();

/** A connection to a server that its other end has said hello on, and the frames that it was sent. */
class Talk {
  readonly connection: Connection;
  private readonly host: AgentHost;
  private received = 0;

  constructor() {
    const { caller, server } = echoWorld();
    this.host = server.host;
    const carrier = {
      send: () => {},
      hold: () => {},
      unhold: () => {},
      abort: () => {},
      locate: () => Promise.resolve(1),
    };
    this.connection = new Connection(server.endpoint, `${caller.self.instance}-fuzzed`, carrier);
    this.connection.opened(caller.self);
    for (const frame of frames.slice(0, 2)) this.take(Buffer.from(frame));
  }

  /** It was sent enough, or has been ended for what it was sent. */
  get isOver(): boolean {
    let isLost = false;
    this.connection.whenOpen((error) => (isLost = error !== undefined));
    return isLost || this.received > framesOfOne;
  }

  end(): void {
    this.connection.lost(new AgentScopeError("CANCELLED", "the caller is gone"));
    this.host.agents.clear();
  }

  /** The next frame of the channel, whatever is in it. */
  take(bytes: Buffer): void {
    this.received++;
    if (bytes.length >= 6 && bytes[0] !== 3) bytes.writeUInt32BE(this.received, 2);
    this.connection.receive(bytes);
  }
}

let talk = new Talk();

fuzzReaders(
  [
    {
      name: "frames of a live session",
      seeds: frames,
      read(bytes) {
        if (talk.isOver) {
          talk.end();
          talk = new Talk();
        }
        talk.take(bytes);
      },
      mayThrow: () => false,
    },
  ],
  fileURLToPath(new URL("corpus/", import.meta.url)),
);
