import {
  listQuestions,
  listRuns,
  listServers,
  type QuestionRow,
  type RunRow,
  type ServerRow,
} from "agentscope-distributed-daemon/protocol";
import { asStudio, type StateFolder } from "../processes/daemonProcess.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";

/** What there is. */
export interface Overview {
  servers: ServerRow[];
  runs: RunRow[];
  questions: QuestionRow[];
}

/** A person at a terminal who types commands of `as-studio`, with an editor beside it that shows what there is. */
export class Terminal implements AsyncDisposable {
  private editor: Editor | undefined;

  constructor(private readonly state: StateFolder) {}

  /** What a command prints; it must end well. */
  async types(...args: string[]): Promise<string> {
    const { stdout, stderr, end } = await asStudio(this.state, ...args);
    if (end?.code !== 0) throw new Error(`as-studio ${args.join(" ")} ended with ${end?.code}: ${stderr}`);
    return stdout;
  }

  /** What a command says against it; it must end with an error. */
  async refused(...args: string[]): Promise<string> {
    const { stderr, end } = await asStudio(this.state, ...args);
    if (end?.code !== 1) throw new Error(`as-studio ${args.join(" ")} ended with ${end?.code}`);
    return stderr;
  }

  /** The overview of the daemon that is there, once it fits. */
  sees(fits: (overview: Overview) => boolean, what: string, timeoutMs = 20_000): Promise<Overview> {
    return until(
      async () => {
        const overview = await this.overview();
        return fits(overview) && overview;
      },
      { timeoutMs, what },
    );
  }

  async overview(): Promise<Overview> {
    const editor = await this.connected();
    const [servers, runs, questions] = await Promise.all([
      editor.ask(listServers, {}),
      editor.ask(listRuns, { offset: 0, limit: 100 }),
      editor.ask(listQuestions, {}),
    ]);
    return { servers, runs: runs.rows, questions };
  }

  /** A daemon was ended: the next one is another. */
  async forgets(): Promise<void> {
    await this.editor?.[Symbol.asyncDispose]();
    this.editor = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.forgets();
  }

  private async connected(): Promise<Editor> {
    const { found } = this.state;
    if (found === undefined) throw new Error("no daemon can be found");
    return (this.editor ??= await Editor.connect(found));
  }
}
