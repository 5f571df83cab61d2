import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Recovered, Recovery } from "./agentSpec.js";

/** A journal that has become larger is written anew, with the calls that somebody may still ask about. */
const maxJournalBytes = 64 * 1024;

/**
 * The files of one agent: its state after its last call, and a journal of the calls that have begun.
 *
 * 1. They have the agent's epoch in their names. Who makes the agent again takes the journal of the epoch before away: an agent
 *    that lives on elsewhere (its server was unreachable, not gone) can begin no call after that.
 * 2. What is in them has been handed to the operating system: it outlives the process, not the machine. Nothing is synced to the disk.
 * 3. Only the user can read them: a folder of mode 0700, files of mode 0600.
 */
export class StateFiles {
  private readonly name: string;
  private epoch: number;
  private journalBytes = 0;

  constructor(
    private readonly folder: string,
    agentId: string,
    { key, epoch }: Recovery,
  ) {
    // Both come from elsewhere: neither becomes a path.
    const { createHash } = process.getBuiltinModule("node:crypto");
    this.name = createHash("sha256").update(`${agentId}\n${key}`).digest("hex").slice(0, 40);
    this.epoch = epoch;
  }

  private path(kind: "state" | "begun" | "ended" | "new", epoch = this.epoch): string {
    return join(this.folder, `${this.name}.${epoch}.${kind}`);
  }

  /** Begins an epoch; gives what is known of those before it. */
  open(): Recovered {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const recovered: Recovered = { epochs: [], begun: [] };
    for (let epoch = this.epoch - 1; epoch > 0; epoch--) {
      const lines = this.takeJournal(epoch);
      if (lines === undefined) continue;
      recovered.epochs.push(epoch);
      recovered.begun.push(...lines);
    }
    writeFileSync(this.path("begun"), "", { mode: 0o600, flag: "wx" });
    return recovered;
  }

  private takeJournal(epoch: number): string[] | undefined {
    try {
      renameSync(this.path("begun", epoch), this.path("ended", epoch));
    } catch {
      // Taken before, or never there.
    }
    const text = readIfThere(this.path("ended", epoch))?.toString("utf8");
    return text?.split("\n").filter((line) => line !== "");
  }

  /** The state that was saved last, in whatever epoch. */
  readState(): Uint8Array | undefined {
    for (let epoch = this.epoch; epoch > 0; epoch--) {
      const bytes = readIfThere(this.path("state", epoch));
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  /**
   * Notes that a call begins; when this returns, that is known to whoever makes the agent again.
   *
   * @throws an error of the file system; ENOENT when the agent was made again elsewhere.
   */
  noteBegun(callId: string): void {
    const line = Buffer.from(`${callId}\n`);
    // Not with a flag that would make the file.
    const file = openSync(this.path("begun"), constants.O_WRONLY | constants.O_APPEND);
    try {
      writeSync(file, line);
    } finally {
      closeSync(file);
    }
    this.journalBytes += line.length;
  }

  get isJournalLarge(): boolean {
    return this.journalBytes > maxJournalBytes;
  }

  /** Leaves in the journal what is still of interest. */
  shortenJournal(begun: Iterable<string>): void {
    const text = [...begun].map((callId) => `${callId}\n`).join("");
    writeFileSync(this.path("new"), text, { mode: 0o600 });
    renameSync(this.path("new"), this.path("begun"));
    this.journalBytes = Math.min(text.length, maxJournalBytes / 2);
  }

  /** Puts a state in the place of the one before: whoever reads it sees one or the other, whole. */
  async writeState(bytes: Uint8Array): Promise<void> {
    await writeFile(this.path("new"), bytes, { mode: 0o600 });
    await rename(this.path("new"), this.path("state"));
  }

  /** The agent goes on here, by the count of its maker. */
  advanceTo(epoch: number): void {
    if (epoch === this.epoch) return;
    const [journal, state] = [this.path("begun"), this.path("state")];
    this.epoch = epoch;
    renameSync(journal, this.path("begun"));
    if (existsSync(state)) renameSync(state, this.path("state"));
  }

  /** The agent is gone for good. */
  delete(): void {
    for (let epoch = this.epoch; epoch > 0; epoch--) {
      for (const kind of ["state", "begun", "ended", "new"] as const) rmSync(this.path(kind, epoch), { force: true });
    }
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}
