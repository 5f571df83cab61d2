import { settings } from "../orchestration/settings.js";
import type { AgentInstance } from "../runtime/agentCode.js";
import type { AgentTarget } from "../runtime/agentTarget.js";
import { type Person, personIds } from "../runtime/person.js";
import { Answerer, type AnswersElsewhere } from "./answerer.js";
import { Listener } from "./listener.js";

const ids = personIds();

/** Makes the two agents by which the agents that this process makes speak to the person at its terminal. */
export function makePerson(id: string, elsewhere: AnswersElsewhere): AgentInstance | undefined {
  if (id === ids.answerer) return new Answerer(elsewhere);
  return id === ids.listener && !isQuiet() ? new Listener() : undefined;
}

/** The person of a process that has a terminal of its own. */
export function personHere(host: () => { resident(id: string): AgentTarget | undefined }): Person {
  return {
    get listener() {
      return isQuiet() ? undefined : host().resident(ids.listener);
    },
    get answerer() {
      return host().resident(ids.answerer);
    },
  };
}

function isQuiet(): boolean {
  const { AGENTSCOPE_QUIET: quiet } = process.env;
  return quiet === undefined || quiet === "" || quiet === "0" ? settings.quiet : true;
}
