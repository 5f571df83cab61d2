import { hourMs } from "./sampleBook.js";

/** Lengths that a person chooses from. */
export const lengths: readonly { ms: number; text: string; explanation: string }[] = [
  { ms: 60_000, text: "1 min", explanation: "the last minute" },
  { ms: 5 * 60_000, text: "5 min", explanation: "the last 5 minutes" },
  { ms: 15 * 60_000, text: "15 min", explanation: "the last 15 minutes" },
  { ms: hourMs, text: "1 h", explanation: "the last hour" },
];

export const defaultLengthMs = 5 * 60_000;
/** Less would be a handful of points. */
const shortestMs = 5000;

/**
 * The part of time that is shown.
 *
 * - `live`: up to now, and it moves on
 * - `held`: stands still; `lengthMs` is that of the live window that it goes back to
 */
export type TimeWindow =
  | { kind: "live"; lengthMs: number }
  | { kind: "held"; fromMs: number; toMs: number; lengthMs: number };

export function bounds(window: TimeWindow, nowMs: number): { fromMs: number; toMs: number } {
  return window.kind === "live" ? { fromMs: nowMs - window.lengthMs, toMs: nowMs } : window;
}

export function live({ lengthMs }: TimeWindow): TimeWindow {
  return { kind: "live", lengthMs };
}

export function held(window: TimeWindow, nowMs: number): TimeWindow {
  return { kind: "held", lengthMs: window.lengthMs, ...bounds(window, nowMs) };
}

/** A part that was chosen in what is shown; too short a one grows around its middle. */
export function part(window: TimeWindow, fromMs: number, toMs: number): TimeWindow {
  const middle = (fromMs + toMs) / 2;
  const half = Math.max(toMs - fromMs, shortestMs) / 2;
  return { kind: "held", lengthMs: window.lengthMs, fromMs: middle - half, toMs: middle + half };
}

/**
 * Nearer to, or farther from, a moment, which stays where it is.
 *
 * @param factor of the length; all of the last hour is the most there is
 */
export function zoomed(
  window: TimeWindow,
  factor: number,
  { aroundMs, nowMs }: { aroundMs: number; nowMs: number },
): TimeWindow {
  const { fromMs, toMs } = bounds(window, nowMs);
  const begin = Math.max(aroundMs - (aroundMs - fromMs) * factor, nowMs - hourMs);
  const end = Math.min(aroundMs + (toMs - aroundMs) * factor, nowMs);
  return part(window, begin, end);
}
