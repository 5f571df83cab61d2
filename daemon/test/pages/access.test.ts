import { expect, test } from "vitest";
import { AccessCodes } from "../../src/pages/accessCodes.js";
import { PageSessions } from "../../src/pages/pageSessions.js";

/** As a browser sends back what it was given. */
const cookieOf = (setCookie: string) => setCookie.split(";")[0] ?? "";
const minute = 60_000;
const week = 7 * 24 * 60 * minute;

test("a code lets in once", () => {
  const codes = new AccessCodes();
  const code = codes.make();
  expect(codes.use("another")).toBe(false);
  expect(codes.use(code)).toBe(true);
  expect(codes.use(code)).toBe(false);
});

test("a code that nobody comes with in time lets in nobody", () => {
  let now = 0;
  const codes = new AccessCodes(() => now);
  const [early, late] = [codes.make(), codes.make()];
  now = 1.9 * minute;
  expect(codes.use(early)).toBe(true);
  now = 2 * minute;
  expect(codes.use(late)).toBe(false);
});

test("of codes that nobody comes with the newest hundred are kept", () => {
  const codes = new AccessCodes();
  const made = Array.from({ length: 101 }, () => codes.make());
  expect(made.filter((code) => codes.use(code))).toEqual(made.slice(1));
});

test("a session is known again, also among other cookies, and by another daemon with the same token", () => {
  const cookie = cookieOf(new PageSessions("token").start());
  expect(new PageSessions("token").holds(cookie)).toBe(true);
  expect(new PageSessions("token").holds(`a=b; ${cookie}; c=d`)).toBe(true);
});

test("a session ends after a week, and with the token that it was made of", () => {
  let now = 0;
  const sessions = new PageSessions("token", { now: () => now });
  const cookie = cookieOf(sessions.start());
  now = week - 1;
  expect(sessions.holds(cookie)).toBe(true);
  now = week;
  expect(sessions.holds(cookie)).toBe(false);
  expect(new PageSessions("another", { now: () => 0 }).holds(cookie)).toBe(false);
});

test("nobody makes a session, or a longer one, without the token", () => {
  const sessions = new PageSessions("token", { now: () => 0 });
  const [name = "", value = ""] = cookieOf(sessions.start()).split("=");
  const [ends, nonce, signature] = value.split(".");
  for (const forged of [
    "",
    value.slice(0, -1),
    `${Number(ends) + 1}.${nonce}.${signature}`,
    `${ends}.x.${signature}`,
    `${ends}.${nonce}`,
    `NaN..${signature}`,
  ]) {
    expect(sessions.holds(`${name}=${forged}`)).toBe(false);
  }
  expect(sessions.holds(`another${name}=${value}`)).toBe(false);
  expect(sessions.holds(undefined)).toBe(false);
});

test("no script of a page, and no page of another site, gets the session's cookie", () => {
  expect(new PageSessions("token").start()).toMatch(/; Path=\/studio; HttpOnly; SameSite=Strict$/);
  expect(new PageSessions("token", { isSecure: true }).start()).toMatch(
    /; Path=\/studio; Secure; HttpOnly; SameSite=Strict$/,
  );
});
