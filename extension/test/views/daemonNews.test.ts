import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClientState } from "../../src/daemon/daemonClient.js";
import { DaemonFailure } from "../../src/daemon/daemonFailure.js";
import { DaemonNews } from "../../src/views/daemonNews.js";

let shown: string;
let news: DaemonNews;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 0, 1, 12, 0, 0) });
  news = new DaemonNews((message) => (shown = message));
});
afterEach(() => {
  news.dispose();
  vi.useRealTimers();
});

const connected = (instance: string, silent = false) =>
  ({ kind: "connected", connection: { discovery: { instance } }, silent, started: true }) as ClientState;

test("the first daemon is no news", () => {
  expect(news.take({ kind: "connecting" })).toBe(false);
  expect(news.take(connected("one"))).toBe(true);
  expect(shown).toBe("");
});

test("one that took the place of another is told with its time, for a minute, also after it was silent", () => {
  news.take(connected("one"));
  news.take({ kind: "connecting" });
  expect(shown).toBe("The daemon has ended; looking for another one…");
  expect(news.take(connected("two"))).toBe(true);
  const told = shown;
  expect(told).toMatch(/^The daemon had ended and was started again at 12:00:00/);
  vi.advanceTimersByTime(30_000);
  expect(news.take(connected("two", true))).toBe(false);
  expect(shown).toBe("The daemon does not answer.");
  news.take(connected("two"));
  expect(shown).toBe(told);
  vi.advanceTimersByTime(30_000);
  expect(shown).toBe("");
});

test("where there is no daemon at all the view itself says so", () => {
  news.take(connected("one"));
  news.take({ kind: "down", failure: new DaemonFailure("down", "No daemon is running.") });
  expect(shown).toBe("");
});
