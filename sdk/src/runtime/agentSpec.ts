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
  /** It is kept when the process that made it is gone. */
  keepAlive?: boolean | undefined;
  /** Known to the host: instance of the process that it is removed without; undefined: it is kept. */
  holder?: string | undefined;
  /** Its state is kept in files, so that it can be made again after its server was lost. */
  recovery?: Recovery | undefined;
}

/** How an agent that is made again finds what was kept of it. */
export interface Recovery {
  /** Names its files; known to its maker alone, so that nobody else is given its state. */
  key: string;
  /** Counts how often it was made: 1 at first. */
  epoch: number;
}

/** What a host that has made such an agent knows of it from before. */
export interface Recovered {
  /** Of which times that it was made it is known here which calls had begun. */
  epochs: number[];
  /** The ids of those calls, as far as their callers have not released them. */
  begun: string[];
}
