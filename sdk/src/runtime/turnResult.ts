import { Msg } from "../messages/msg.js";
import { snapshot } from "../messages/valueCodec.js";
import type { Task } from "./task.js";

/**
 * What the caller gets of what a turn gave.
 *
 * @throws TypeError when `reply` gave no message; NotTransferableError when what it gave can't travel.
 */
export function resultOfTurn({ method, agent }: Task, value: unknown): unknown {
  if (method === "observe") return undefined;
  if (method === "reply" && !(value instanceof Msg)) {
    throw new TypeError(`reply of ${agent.className} returned ${describe(value)}; it must return a Msg`);
  }
  return snapshot(value, method === "reply" ? "" : "result");
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  return Array.isArray(value) ? "a list" : "an object that is no Msg";
}
