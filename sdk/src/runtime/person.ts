import type { AgentTarget } from "./agentTarget.js";

/** The person at the program that an agent was made from, by two agents of that program. */
export interface Person {
  /** Is told what agents say (`say`). */
  readonly listener: AgentTarget | undefined;
  /** Answers questions (`ask`), one after the other. */
  readonly answerer: AgentTarget | undefined;
}

const listener = "listener";
const answerer = "answerer";

/** The ids of the two in a main process; on an agent server, of those that stand for the person of one of its agents. */
export function personIds(ofAgent?: string): { listener: string; answerer: string } {
  const end = ofAgent === undefined ? "" : `/${ofAgent}`;
  return { listener: listener + end, answerer: answerer + end };
}

/** What an id of `personIds` means; undefined for any other id. */
export function readPersonId(id: string): { part: keyof Person; ofAgent: string | undefined } | undefined {
  for (const part of [listener, answerer] as const) {
    if (id === part) return { part, ofAgent: undefined };
    if (id.startsWith(`${part}/`)) return { part, ofAgent: id.slice(part.length + 1) };
  }
  return undefined;
}

/** The person as the process knows it from which an agent was made: over the session by which it was made. */
export class PersonElsewhere implements Person {
  private readonly bound: Partial<Record<keyof Person, AgentTarget>> = {};

  constructor(
    private readonly session: { agentThere(id: string): AgentTarget },
    private readonly ofAgent: string | undefined,
  ) {}

  get listener(): AgentTarget {
    return this.part("listener");
  }

  get answerer(): AgentTarget {
    return this.part("answerer");
  }

  private part(part: keyof Person): AgentTarget {
    return (this.bound[part] ??= this.session.agentThere(personIds(this.ofAgent)[part]));
  }
}
