import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { agent, DialogAgent, type DialogAgentConfig, Msg } from "agentscope-distributed";

export interface ReaderConfig extends DialogAgentConfig {
  /** The text that it reads, on the machine that it lives on. */
  path: string;
}

/** A dialog agent that has read a text before it is asked the first question. */
@agent
export class Reader extends DialogAgent<ReaderConfig> {
  override async setup(): Promise<void> {
    const { path } = this.config;
    this.memory.add(new Msg({ name: basename(path), content: await readFile(path, "utf8"), role: "user" }));
  }
}
