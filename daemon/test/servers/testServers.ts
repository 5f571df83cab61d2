import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../src/home/home.js";
import { LogBook } from "../../src/log/logBook.js";
import { Servers, type ServersOptions } from "../../src/servers/servers.js";
import { Store } from "../../src/store/store.js";

/** The daemon's servers in a folder of their own. */
export class TestServers implements AsyncDisposable {
  readonly folder: string;
  readonly home: Home;
  readonly log = new LogBook();
  readonly store: Store;
  readonly servers: Servers;

  /** @param folder of one that has ended: what a daemon that is started again finds. */
  constructor(options: Partial<ServersOptions> & { folder?: string } = {}) {
    const { folder = mkdtempSync(join(tmpdir(), "as-servers-")), ...more } = options;
    this.folder = folder;
    this.home = Home.open(join(folder, "state"));
    this.store = Store.open(this.home.folder, (text) => this.log.write("error", "daemon", text));
    this.servers = new Servers({
      log: this.log,
      home: this.home,
      store: this.store,
      bindHost: "127.0.0.1",
      maxRegistered: 1000,
      runOf: () => undefined,
      runEndedAt: () => undefined,
      ...more,
    });
  }

  /** Ends as a killed daemon does, as far as others see it: nothing is told, and nothing is taken back. */
  abandon(): void {
    this.servers.leave();
    this.store[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.servers.close();
    this.store[Symbol.dispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
