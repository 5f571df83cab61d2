import type { AgentInstance } from "../runtime/agentCode.js";
import { printable } from "./printable.js";
import type { SpokenPart } from "./spoken.js";
import { terminal } from "./terminal.js";

/** Hears what agents say, wherever they live, and prints it in this process's terminal. */
export class Listener implements AgentInstance {
  say(part: Readonly<Record<keyof SpokenPart, unknown>>): void {
    terminal().floor.say({
      speech: String(part.speech),
      agent: printable(part.agent),
      server: printable(part.server),
      text: printable(part.text),
      last: part.last === true,
    });
  }

  reply(): never {
    throw new Error("the listener is told what agents say, and answers nothing");
  }

  observe(): void {}
}
