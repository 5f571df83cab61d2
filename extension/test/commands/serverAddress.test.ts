import { expect, test } from "vitest";
import { isLoopback, parseServerAddress } from "../../src/commands/serverAddress.js";

test("an address is a host and a port", () => {
  expect(parseServerAddress("10.0.0.2:12001")).toEqual({ host: "10.0.0.2", port: 12_001 });
  expect(parseServerAddress(" build-box.local:1 ")).toEqual({ host: "build-box.local", port: 1 });
  expect(parseServerAddress("[::1]:65535")).toEqual({ host: "::1", port: 65_535 });
});

test("anything else is none", () => {
  const texts = [
    "",
    "host",
    ":12001",
    "host:",
    "host:0",
    "host:65536",
    "::1:80",
    "http://host:80",
    "host:80/x",
    "a b:80",
  ];
  expect(texts.filter((text) => parseServerAddress(text))).toEqual([]);
});

test("loopback is what other machines do not reach", () => {
  expect(["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"].filter((host) => !isLoopback(host))).toEqual([]);
  expect(["0.0.0.0", "10.0.0.1", "localhost.example", "::2"].filter(isLoopback)).toEqual([]);
});
