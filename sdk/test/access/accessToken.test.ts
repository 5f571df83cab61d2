import { assert, constantFrom, nat, pre, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { accessRoles, checkAccessToken, checkSecret, makeAccessToken, mayDo } from "../../src/access/accessToken.js";

const secret = "a-long-random-text-that-nobody-knows";
const role = constantFrom(...accessRoles);
const longSecret = string({ minLength: 16, maxLength: 80 });

describe("a token that is made for a caller", () => {
  test("says to the server that has the secret what its holder may do", () => {
    assert(
      property(longSecret, role, (own, given) => {
        expect(checkAccessToken(makeAccessToken(own, given), own)).toEqual({ kind: "valid", role: given });
      }),
    );
  });

  test("is worthless for a server with another secret", () => {
    assert(
      property(longSecret, longSecret, role, (own, other, given) => {
        pre(own !== other);
        expect(checkAccessToken(makeAccessToken(own, given), other)).toEqual({ kind: "wrong" });
      }),
    );
  });

  test("is worthless when one character of it is another", () => {
    const token = makeAccessToken(secret, "read", new Date(2_000_000_000_000));
    assert(
      property(nat({ max: token.length - 1 }), string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        pre(changed !== token);
        expect(checkAccessToken(changed, secret).kind).toBe("wrong");
      }),
    );
  });

  test("is taken until its end, and then said to have expired", () => {
    const end = new Date("2030-01-01T00:00:00Z");
    const token = makeAccessToken(secret, "call", end);
    expect(checkAccessToken(token, secret, end.getTime() - 1)).toEqual({ kind: "valid", role: "call" });
    expect(checkAccessToken(token, secret, end.getTime())).toEqual({ kind: "expired", at: end });
  });

  test("is not made from a secret that can be guessed, nor from another such token", () => {
    expect(() => makeAccessToken("short", "read")).toThrow(/has 5 characters.*as-server token --out FILE/);
    expect(() => makeAccessToken(makeAccessToken(secret, "manage"), "read")).toThrow(/needs the secret/);
    expect(() => checkSecret(makeAccessToken(secret, "manage"))).toThrow(/needs the secret/);
  });
});

test("the secret itself may do everything, and nothing is no token", () => {
  expect(checkAccessToken(secret, secret)).toEqual({ kind: "valid", role: "manage" });
  for (const wrong of [undefined, "", "x", secret.slice(1), `${secret} `]) {
    expect(checkAccessToken(wrong, secret)).toEqual({ kind: "wrong" });
  }
});

test("each role may do what those before it may", () => {
  const allowed = accessRoles.map((has) => accessRoles.filter((needed) => mayDo(has, needed)));
  expect(allowed).toEqual([["read"], ["read", "call"], ["read", "call", "manage"]]);
});
