import { defaultLengthMs, lengths } from "./timeWindow.js";

/** How a person has set the view; it is as they left it when it is opened again. */
export interface Place {
  lengthMs: number;
  hidden: string[];
  isTable: boolean;
}

const first: Place = { lengthMs: defaultLengthMs, hidden: [], isTable: false };

/** @param kept what an earlier page kept, of whatever version */
export function placeOf(kept: unknown): Place {
  const { lengthMs, hidden, isTable } = (kept ?? {}) as Partial<Record<keyof Place, unknown>>;
  return {
    lengthMs: lengths.find(({ ms }) => ms === lengthMs)?.ms ?? first.lengthMs,
    hidden: Array.isArray(hidden) ? hidden.filter((id) => typeof id === "string") : first.hidden,
    isTable: isTable === true,
  };
}
