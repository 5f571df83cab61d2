import { Metadata } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { makeAccessToken } from "../../src/access/accessToken.js";
import { grpcStatus } from "../../src/link/grpcClient.js";
import { refusalOf } from "../../src/management/authenticate.js";

function metadataWith(...values: string[]): Metadata {
  const metadata = new Metadata();
  for (const value of values) metadata.add("authorization", value);
  return metadata;
}

const secret = "s3cret-of-the-server";

describe("a call", () => {
  test("is answered where no token is set", () => {
    expect(refusalOf(new Metadata(), undefined, "manage")).toBeUndefined();
  });

  test("is answered when it has the token", () => {
    expect(refusalOf(metadataWith(`Bearer ${secret}`), secret, "manage")).toBeUndefined();
  });

  test.each([
    ["nothing", []],
    ["another token", ["Bearer other"]],
    ["the beginning of the token", [`Bearer ${secret.slice(0, -1)}`]],
    ["more than the token", [`Bearer ${secret}s`]],
    ["the token without its scheme", [secret]],
    ["another scheme", [`Basic ${secret}`]],
    ["an empty token", ["Bearer "]],
    ["two values", [`Bearer ${secret}`, "Bearer other"]],
    ["the token of another server", [`Bearer ${makeAccessToken("s3cret-of-another", "manage")}`]],
  ])("that has %s is refused, and learns nothing else", (_, values) => {
    const refusal = { code: grpcStatus.UNAUTHENTICATED, details: "the token is missing or wrong" };
    expect(refusalOf(metadataWith(...values), secret, "read")).toEqual(refusal);
  });

  test("whose token has expired is refused, and told when it did", () => {
    const token = makeAccessToken(secret, "manage", new Date("2020-02-03T04:05:06Z"));
    expect(refusalOf(metadataWith(`Bearer ${token}`), secret, "read")).toEqual({
      code: grpcStatus.UNAUTHENTICATED,
      details: "the token has expired, at 2020-02-03T04:05:06.000Z",
    });
  });

  test("that asks for more than its token is for is told what it takes", () => {
    const read = metadataWith(`Bearer ${makeAccessToken(secret, "read")}`);
    expect(refusalOf(read, secret, "read")).toBeUndefined();
    expect(refusalOf(read, secret, "call")).toEqual({
      code: grpcStatus.PERMISSION_DENIED,
      details: "the token is for those who read; this takes one of the role call",
    });
  });
});
