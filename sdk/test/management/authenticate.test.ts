import { Metadata } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { authenticate } from "../../src/management/authenticate.js";

function metadataWith(...values: string[]): Metadata {
  const metadata = new Metadata();
  for (const value of values) metadata.add("authorization", value);
  return metadata;
}

describe("authenticate", () => {
  test("lets everybody in where no token is set", () => {
    expect(authenticate(new Metadata(), undefined)).toBe(true);
  });

  test("lets in who has the token", () => {
    expect(authenticate(metadataWith("Bearer s3cret"), "s3cret")).toBe(true);
  });

  test.each([
    ["nothing", []],
    ["another token", ["Bearer other"]],
    ["the beginning of the token", ["Bearer s3cre"]],
    ["more than the token", ["Bearer s3crets"]],
    ["the token without its scheme", ["s3cret"]],
    ["another scheme", ["Basic s3cret"]],
    ["an empty token", ["Bearer "]],
    ["two values", ["Bearer s3cret", "Bearer other"]],
  ])("refuses %s", (_, values) => {
    expect(authenticate(metadataWith(...values), "s3cret")).toBe(false);
  });
});
