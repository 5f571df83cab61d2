import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { hello } from "agentscope-distributed/studio";
import type { Message } from "vscode-jsonrpc";
import { StudioError } from "../errors.js";
import { livingDaemon } from "../home/discoveryFile.js";
import { Home } from "../home/home.js";
import { FrameParser } from "../wire/frameParser.js";
import { defaultWireLimits } from "../wire/wireLimits.js";
import { startDetached } from "./startDetached.js";
import type { StartOptions } from "./startOptions.js";

/**
 * Connects standard input and output with the daemon, which lives on when this process ends: other editors use it, too. Whoever started
 * this process is the user, so the token is added to its `hello`.
 *
 * @throws StudioError when there is no daemon and none can be started.
 */
export async function bridgeStdio(options: StartOptions): Promise<void> {
  const home = Home.open();
  if ((await livingDaemon(home)) === undefined) await startDetached(options);
  const daemon = await livingDaemon(home);
  if (daemon === undefined) throw StudioError.unreachable("the daemon has ended while it was connected to");
  const socket = connect(daemon.pipe);
  await once(socket, "connect");
  await passHello(socket, daemon.token);
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  // Whoever reads here may be gone first.
  process.stdout.on("error", () => socket.destroy());
  socket.on("error", () => socket.destroy());
  await once(socket, "close");
  process.exit();
}

/** Passes on what comes up to the first message and with it; the token goes into a `hello` that has none. */
async function passHello(socket: Socket, token: string): Promise<void> {
  const { maxGreetingBytes, maxHeaderBytes } = defaultWireLimits;
  const parser = new FrameParser({ option: "maxGreetingBytes", bytes: maxGreetingBytes }, maxHeaderBytes);
  const { stdin } = process;
  for (;;) {
    const bytes = (stdin.read() as Buffer | null) ?? (await nextBytes());
    if (bytes === null) return;
    for (const { message } of parser.push(bytes)) {
      const body = Buffer.from(JSON.stringify(withToken(message, token)));
      socket.write(`Content-Length: ${body.length}\r\n\r\n`);
      socket.write(body);
      const rest = parser.rest();
      if (rest.length > 0) stdin.unshift(rest);
      return;
    }
  }
}

/** Null at the end of the input. */
async function nextBytes(): Promise<Buffer | null> {
  const { stdin } = process;
  if (stdin.readableEnded) return null;
  const [event] = await Promise.race([
    once(stdin, "readable").then(() => ["readable"]),
    once(stdin, "end").then(() => ["end"]),
  ]);
  return event === "end" ? null : (stdin.read() as Buffer | null);
}

function withToken(message: Message, token: string): Message {
  const { method, params } = message as { method?: string; params?: { token?: string } };
  if (method !== hello.method || params?.token !== undefined) return message;
  return { ...message, params: { ...params, token } } as Message;
}
