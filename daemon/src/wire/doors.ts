import type { Server as HttpServer } from "node:http";
import type { Server } from "node:net";
import type { Connections } from "./connections.js";
import { listenOnPipe, listenOnPort } from "./listeners.js";

/** Where a daemon lets in, and how all of it is closed. */
export class Doors {
  private readonly open: Server[] = [];

  constructor(private readonly connections: Connections) {}

  async pipe(path: string): Promise<void> {
    this.open.push(await listenOnPipe(path, this.connections));
  }

  async port(port: number): Promise<void> {
    this.open.push(await listenOnPort(port, this.connections));
  }

  http(server: HttpServer): void {
    this.open.push(server);
  }

  /** Nobody comes in any more; who is in stays. */
  close(): void {
    for (const server of this.open) {
      server.close();
      if ("closeAllConnections" in server) (server as HttpServer).closeAllConnections();
    }
    this.open.length = 0;
  }
}
