import type { Person } from "./person.js";

/** What a host is told to make. */
export interface AgentSpec {
  id: string;
  /** Somebody has chosen the id: another agent may have it. */
  idChosen?: boolean | undefined;
  name: string;
  className: string;
  /** Of the constructor. */
  args: readonly unknown[];
  /** Where the class is defined, if it is not registered with the host. */
  moduleUrl: string | undefined;
  /** Told to the host: the id of the agent in whose turn it was made; none for a script's. What it says goes by that one's way. */
  madeInTurnOf?: string | undefined;
  /** Instance of the process whose script made it, or made the agent in whose turn it was made; default: the host's own. */
  maker?: string | undefined;
  /** Known to the host: whom it speaks to; default: the host's own person. */
  person?: Person | undefined;
}
