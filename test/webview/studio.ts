import { listServers, openPage } from "agentscope-distributed-daemon/protocol";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { Editor } from "../daemon/editor.js";
import { AgentServer } from "../processes/agentServer.js";
import { DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { until } from "../processes/until.js";

/** A daemon with its pages, and agent servers that it knows. */
export class Studio implements AsyncDisposable {
  private readonly servers: AgentServer[] = [];

  private constructor(
    readonly state: StateFolder,
    private daemon: DaemonProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<Studio> {
    const state = await StateFolder.make();
    const daemon = await DaemonProcess.start(state);
    return new Studio(state, daemon, state.found?.url ?? "");
  }

  /** Starts one; those that are started after each other are listed so. */
  async serve(serverId: string): Promise<AgentServer> {
    const args = ["--studio-url", this.url, "--server-id", serverId];
    const server = await AgentServer.start(args, { env: this.state.env });
    this.servers.push(server);
    await using editor = await this.editor();
    const isThere = async () => (await editor.ask(listServers, {})).some((row) => row.serverId === serverId);
    await until(isThere, { timeoutMs: 10_000, what: `the server ${serverId}` });
    return server;
  }

  /** A client beside the pages. */
  editor(): Promise<Editor> {
    const { found } = this.state;
    if (!found) throw new Error("no daemon");
    return Editor.connect(found);
  }

  /** The address that lets in one browser. */
  async address(page?: string): Promise<string> {
    await using editor = await this.editor();
    return (await editor.ask(openPage, page === undefined ? {} : { page })).url;
  }

  /** Ends the daemon as a crash does. */
  async killDaemon(): Promise<void> {
    this.daemon.kill("SIGKILL");
    await this.daemon.ended;
  }

  /** Where the one before was. */
  async startDaemon(): Promise<void> {
    this.daemon = await DaemonProcess.start(this.state, { args: ["--port", new URL(this.url).port] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.servers) await server[Symbol.asyncDispose]();
    await this.daemon[Symbol.asyncDispose]();
    await this.state[Symbol.asyncDispose]();
  }
}

/** A browser of somebody; its end fails when something broke in a page, or was refused by the policy of the pages. */
export class StudioBrowser implements AsyncDisposable {
  private readonly faults: string[] = [];

  private constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.faults.push(error.message));
  }

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<StudioBrowser> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    const opened = new StudioBrowser(await context.newPage());
    await opened.page.exposeFunction("tellViolation", (text: string) => opened.faults.push(text));
    await opened.page.addInitScript(`
      document.addEventListener("securitypolicyviolation", (event) => {
        void tellViolation(event.violatedDirective + ": " + event.blockedURI);
      });
    `);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    if (this.faults.length > 0) throw new Error(`in a page: ${this.faults.join("\n")}`);
  }
}
