import { AgentBase, Msg } from "../../../dist/index.js";

/** Remembers what it is told, and answers when it is let. */
export class Watched extends AgentBase {
  async reply(message) {
    this.memory.add(message);
    if (message?.content === "wait")
      await new Promise((resolve) => {
        this.go = resolve;
      });
    if (message?.content === "prepare") this.inner = new Watched({ name: "inner" });
    if (message?.content === "ask") await this.inner(new Msg({ name: this.name, role: "user", content: "wait" }));
    if (message?.content === "forget") this.memory.delete();
    if (message?.content === "spin") for (const end = Date.now() + 3000; Date.now() < end; );
    return new Msg({ name: this.name, role: "assistant", content: "done" });
  }
}
