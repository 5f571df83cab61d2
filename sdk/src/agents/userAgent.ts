import { Msg } from "../messages/msg.js";
import { askPerson } from "../person/askPerson.js";
import { hostedAgent } from "../person/speak.js";
import { AgentBase } from "./agentBase.js";
import type { AgentConfig } from "./agentConfig.js";
import { agent } from "./agentDecorator.js";
import { builtInAgent } from "./brand.js";

export interface UserAgentConfig extends AgentConfig {
  /**
   * What stands after the agent's name where the answer is typed. Default: nothing in the terminal, where the conversation stands above
   * it; the last message that the agent was given, shortened, at the daemon's clients.
   */
  prompt?: string | undefined;
  /** More that the person is asked for each time, by name: the message's `metadata` has the answers. */
  requiredKeys?: string | readonly string[] | undefined;
  /** Whether the answer may have several lines, where it is not typed in a terminal. Default false. */
  multiline?: boolean | undefined;
  /** Ask also for the address of a file or a page; it becomes the message's `url`. Default false. */
  requireUrl?: boolean | undefined;
}

/**
 * Stands for the person: each call asks at the terminal of the program that made the agent, wherever the agent lives, and at the
 * clients of the daemon that the program is a run of. The first answer counts; it is a message of the role `user`.
 *
 * A call has no time limit while the person thinks. Questions of several agents are asked one after the other. When the input
 * has ended and there is no daemon, or the program is gone, the call fails with `NO_ANSWER`.
 */
@agent
export class UserAgent extends AgentBase<UserAgentConfig> {
  static readonly [builtInAgent] = "UserAgent";
  private readonly gone = new AbortController();

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    this.memory.add(x);
    const { prompt = "", requiredKeys = [], requireUrl = false } = this.config;
    const keys = [requiredKeys].flat();
    const what = prompt === "" || /\s$/.test(prompt) ? prompt : `${prompt} `;
    const prompts = [what, ...keys.map((key) => `${key}: `), ...(requireUrl ? ["URL: "] : [])];
    const [content = "", ...more] = await this.ask(prompts, aboutWhat(x));
    const metadata = Object.fromEntries(keys.map((key, index) => [key, more[index]]));
    const said = new Msg({
      name: this.name,
      content,
      role: "user",
      url: requireUrl ? more.at(-1) || undefined : undefined,
      metadata: keys.length === 0 ? undefined : metadata,
    });
    this.memory.add(said);
    return said;
  }

  private ask(prompts: string[], about: string): Promise<string[]> {
    const hosted = hostedAgent(this);
    if (hosted === undefined) throw new Error("a UserAgent can't ask in its constructor");
    return askPerson(hosted, { prompts, about, multiline: this.config.multiline }, this.gone.signal);
  }

  override dispose(): void {
    this.gone.abort();
  }
}

/** The longest that is said of the message that is answered, in characters. */
const longestAbout = 300;

/** For those who do not see the conversation: what is to be answered. */
function aboutWhat(x: Msg | Msg[] | undefined): string {
  const last = [x ?? []].flat().at(-1);
  if (last === undefined) return "Your turn";
  const text = `${last.name}: ${last.contentText()}`.replaceAll(/\s+/g, " ").trim();
  return text.length <= longestAbout ? text : `${text.slice(0, longestAbout - 1).trimEnd()}…`;
}
