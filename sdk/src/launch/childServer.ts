import type { Connection } from "../runtime/connection.js";
import type { ServerOptions } from "../server/serverOptions.js";
import type { ServerProcess } from "./serverProcess.js";

/** A child that agents can be made on, or will be as soon as it is ready. */
export interface ChildServer {
  readonly process: ServerProcess;
  readonly connection: Connection;
  /** What it was started with. */
  readonly options: ServerOptions;
  agents: number;
}
