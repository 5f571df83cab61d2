import { type Disposable, EventEmitter, type TextDocumentContentProvider, Uri, workspace } from "vscode";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { type AgentSubject, restoreSubject } from "./agentSubject.js";
import { memoryText } from "./memoryText.js";
import { readMemory } from "./readMemory.js";

const scheme = "agentscope-memory";

/** A memory as it was at a moment that a person has kept. */
export interface KeptMoment {
  subject: AgentSubject;
  atMs: number;
  uri: Uri;
}

/**
 * Memories as documents that can be read, searched and compared like any others. One of now has what the agent remembers when it is
 * opened; one of a moment stays as it was, for as long as the window is there.
 */
export class MemoryDocuments implements TextDocumentContentProvider, Disposable {
  private readonly changes = new EventEmitter<Uri>();
  readonly onDidChange = this.changes.event;
  private readonly texts = new Map<string, string>();
  private readonly disposables: Disposable[];
  private lastMoment = 0;
  /** The latest of each agent, by when they were kept. */
  private readonly moments: KeptMoment[] = [];

  constructor(private readonly client: Pick<DaemonClient, "request">) {
    this.disposables = [this.changes, workspace.registerTextDocumentContentProvider(scheme, this)];
  }

  /** Newest first. */
  get kept(): readonly KeptMoment[] {
    return [...this.moments].reverse();
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const text = this.texts.get(uri.toString());
    if (text !== undefined) return text;
    const { agent, moment } = JSON.parse(uri.query) as { agent: unknown; moment?: number };
    const subject = restoreSubject(agent);
    if (!subject) return "";
    if (moment !== undefined)
      return `This moment of the memory of ${subject.name} was kept until the window was closed.\n`;
    return memoryText(subject.name, await readMemory(this.client, subject));
  }

  /** What the agent remembers now; a document of before has it, too. */
  now(subject: AgentSubject): Uri {
    const uri = address(subject);
    this.changes.fire(uri);
    return uri;
  }

  /** Keeps what the agent remembers now. @throws DaemonFailure */
  async keep(subject: AgentSubject): Promise<KeptMoment> {
    const text = memoryText(subject.name, await readMemory(this.client, subject));
    const uri = address(subject, ++this.lastMoment);
    this.texts.set(uri.toString(), text);
    const moment = { subject, atMs: Date.now(), uri };
    this.moments.push(moment);
    this.dropOldest();
    return moment;
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.texts.clear();
    this.moments.length = 0;
  }

  private dropOldest(): void {
    while (this.moments.length > mostMoments) {
      const oldest = this.moments.shift();
      if (oldest) this.texts.delete(oldest.uri.toString());
    }
  }
}

const mostMoments = 20;

/** Its last part is the name of the tab, and its ending makes it Markdown. */
function address(agent: AgentSubject, moment?: number): Uri {
  const name = agent.name.replaceAll(/[/\\?#]+/g, "-");
  return Uri.from({
    scheme,
    path: `/Memory of ${name}.md`,
    query: JSON.stringify(moment === undefined ? { agent } : { agent, moment }),
  });
}
