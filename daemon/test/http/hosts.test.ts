import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { hostIn, isOwnHost, urlOf } from "../../src/http/hosts.js";

describe("a request is for this daemon", () => {
  test.each([
    "127.0.0.1:5000",
    "localhost:5000",
    "localhost",
    "[::1]:5000",
    "192.168.1.7:5000",
    "me.localhost",
    hostname(),
  ])("when its host is %s", (header) => {
    expect(isOwnHost(hostIn(header), "127.0.0.1")).toBe(true);
  });

  test("when its host is what the daemon was told to listen on", () => {
    expect(isOwnHost(hostIn("Studio.Example:5000"), "studio.example")).toBe(true);
  });

  test.each([
    "evil.example:5000",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "a b",
    "user@localhost",
    "x/y",
  ])("not when its host is %j", (header) => {
    expect(isOwnHost(hostIn(header), "127.0.0.1")).toBe(false);
  });

  test("not when it has none", () => {
    expect(isOwnHost(hostIn(undefined), "127.0.0.1")).toBe(false);
  });
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:5000"],
  ["0.0.0.0", "http://127.0.0.1:5000"],
  ["::", "http://[::1]:5000"],
  ["studio.example", "http://studio.example:5000"],
])("a daemon that listens on %s is reached at %s", (host, url) => {
  expect(urlOf(host, 5000)).toBe(url);
});
