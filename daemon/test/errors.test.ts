import { studioErrorCode } from "agentscope-distributed/studio";
import { ConnectionError, ConnectionErrors, ErrorCodes, ResponseError } from "vscode-jsonrpc";
import { describe, expect, test } from "vitest";
import { StudioError } from "../src/errors.js";

describe("whatever is thrown becomes an error of the protocol", () => {
  test("one of the daemon's parts stays what it is", () => {
    const error = StudioError.notFound("server", "s1");
    expect(StudioError.from(error)).toBe(error);
    expect({ code: error.code, message: error.message }).toEqual({
      code: studioErrorCode.notFound,
      message: 'there is no server "s1"',
    });
  });

  test("what a server answers is passed on", () => {
    const passed = StudioError.from(new ResponseError(studioErrorCode.refused, "not while it runs"));
    expect([passed.code, passed.message]).toEqual([studioErrorCode.refused, "not while it runs"]);
  });

  test.each([
    ["while it was asked", new ResponseError(ErrorCodes.PendingResponseRejected, "disposed")],
    ["before it was asked", new ConnectionError(ConnectionErrors.Closed, "closed")],
  ])("a server that was gone %s is unreachable", (_, thrown) => {
    expect(StudioError.from(thrown).code).toBe(studioErrorCode.unreachable);
  });

  test("any other is the daemon's own: the stack is for the log alone", () => {
    const { code, message, logText } = StudioError.from(new TypeError("x is undefined"));
    expect([code, message]).toEqual([ErrorCodes.InternalError, "x is undefined"]);
    expect(logText).toContain("errors.test.ts");
  });

  test("of a long id only the beginning is told", () => {
    expect(StudioError.notFound("agent", "x".repeat(1e6)).message.length).toBeLessThan(200);
  });
});
