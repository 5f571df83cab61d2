import type { NestedCall } from "../../fixtures/property/nestedCalls.js";
import type { Delay, Output } from "../../fixtures/property/scribeConfig.js";

/** A random program: agents, and a script that calls them. Plain data, so that it can be shrunk and printed. */
export interface Program {
  agents: AgentPlan[];
  steps: Step[];
}

export interface AgentPlan {
  name: string;
  /** How the script makes it: the agent itself, a handle by `.toDist()`, or one by `toDist` in the config. */
  form: "plain" | "toDist" | "config";
  /** Where its handle leads, when the program runs distributed: the main process, a child, or one of the servers. */
  place: "main" | "child" | number;
  delay: Delay;
  output: Output;
  failEvery: number;
  broken: "no" | "constructor" | "setup";
  nested: NestedCall[];
  /** The only one that calls it: an agent (by its index, which is lower), or the script. */
  owner: number | undefined;
  /** How its owner comes to know it. */
  given: "config" | "message";
}

export type Step =
  | { kind: "call"; agent: number; input: Input }
  | { kind: "observe"; agent: number; input: Input }
  /** Of handles only: an agent itself runs its methods at once. */
  | { kind: "note"; agent: number; text: string; about: number | undefined }
  | { kind: "get"; agent: number }
  /** Sends an agent to its owner. */
  | { kind: "introduce"; helper: number }
  /** `change`: the script changes the message that it got. */
  | { kind: "await"; slot: number; field: "message" | "content" | "name"; change: boolean }
  | { kind: "pause"; delay: Delay }
  /** The script lets go of a placeholder, and what nothing refers to is collected. */
  | { kind: "drop"; slot: number };

/** A slot is what a step before gave. */
export type Input = { kind: "none" } | Item | { kind: "list"; items: Item[] };

export type Item =
  | { kind: "text"; text: string }
  | { kind: "bytes"; text: string; sizeBytes: number }
  | { kind: "slot"; slot: number }
  /** The slot's placeholder stands in a message's content. */
  | { kind: "later"; text: string; slot: number };

/** What a run of a program gives, to be compared. */
export interface Outcome {
  /** What the steps gave in the end. */
  slots: unknown[];
  /** What the script saw where it awaited something. */
  awaited: unknown[];
  /** What the agents that the script calls have seen, and their helpers. */
  reports: unknown[];
}
