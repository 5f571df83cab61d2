import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * A raw connection to a daemon by its Unix socket or named pipe.
 *
 * @param options `held`: whether it keeps the process alive meanwhile
 * @throws what the system says where nobody listens
 */
export async function pipeSocket(
  path: string,
  { signal, held }: { signal: AbortSignal; held: boolean },
): Promise<Socket> {
  const socket = connect(path);
  if (!held) socket.unref();
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
