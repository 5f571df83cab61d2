import { CallResult } from "../messages/callResult.js";
import type { AgentTarget } from "../runtime/agentTarget.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import type { SpokenPart } from "./spoken.js";
import { randomHex } from "../randomId.js";

/** The most that is sent in one piece, in characters. */
const maxPartLength = 16_384;
/** How long the end of a speech waits at most until it was heard, in milliseconds. */
const hearingMs = 250;

const idPrefix = randomHex(8);
let lastSpeech = 0;

/**
 * What an agent says, on its way to the terminal of the program that made the agent.
 *
 * 1. One part is on its way at a time; what is said meanwhile goes in the next one. So it comes in order, and as fast as it is
 *    printed.
 * 2. Nothing fails and nothing waits for long when nobody hears it: the program is gone, or wants to hear nothing.
 */
export class Speech {
  private readonly id = `${idPrefix}-${++lastSpeech}`;
  private readonly listener: AgentTarget | undefined;
  private waiting = "";
  private isOnItsWay = false;
  private begun = false;
  private ended = false;
  private isHeard = true;
  private onEnd: (() => void) | undefined;

  /** @param agent undefined for one that is still being constructed: nobody hears it. */
  constructor(private readonly agent: HostedAgent | undefined) {
    this.listener = agent?.person?.listener;
    this.isHeard = this.listener !== undefined;
  }

  write(text: string): void {
    if (!this.isHeard || this.ended) return;
    this.waiting += text;
    this.send();
  }

  /** Resolves when all of it was heard, or nobody hears it. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    if (!this.isHeard || !this.begun) return;
    const heard = new Promise<void>((resolve) => {
      this.onEnd = resolve;
      setTimeout(resolve, hearingMs).unref();
    });
    this.send();
    await heard;
  }

  private send(): void {
    if (this.isOnItsWay || this.agent === undefined || (this.waiting === "" && !this.ended)) return;
    const text = this.waiting.slice(0, maxPartLength);
    this.waiting = this.waiting.slice(maxPartLength);
    const last = this.ended && this.waiting === "";
    const { name, server } = this.agent.label;
    const part: SpokenPart = { speech: this.id, agent: name, server, text, last };
    this.begun = true;
    this.isOnItsWay = true;
    const heard = new CallResult<unknown>(undefined, 0);
    this.listener?.call("say", [part], heard);
    heard.whenRead(({ state }) => {
      this.isOnItsWay = false;
      if (state === "failed") this.isHeard = false;
      if (last || !this.isHeard) this.onEnd?.();
      else this.send();
    });
  }
}
