import { describe, expect, test } from "vitest";
import { contentText, filesOf, toolCallsOf, toolResultOf } from "../../src/memory/messageContent.js";
import { record } from "./toldDaemon.js";

test("calls of tools and what came of them are known by the metadata of ReActAgent", () => {
  const toolCalls = [{ id: "1", name: "add", input: { a: 1 } }];
  expect(toolCallsOf(record("", { metadata: { toolCalls } }))).toEqual(toolCalls);
  expect(toolResultOf(record("2", { metadata: { toolCallId: "1", toolName: "add" } }))).toEqual({
    ...{ toolCallId: "1", toolName: "add", isError: false },
  });
});

test("metadata of another kind is no call of a tool", () => {
  for (const metadata of [undefined, null, "x", 1, [], {}, { toolCalls: "x" }, { toolCalls: [null, { name: 1 }] }]) {
    expect(toolCallsOf(record("", { metadata }))).toEqual([]);
    expect(toolResultOf(record("", { metadata }))).toBeUndefined();
  }
});

describe("a file of a message is", () => {
  test.each([
    ["https://a.test/b.png", "picture"],
    ["https://a.test/b.PNG?x=1", "picture"],
    ["https://a.test/picture/1", "picture"],
    ["https://a.test/b.mp3", "link"],
    ["http://a.test/b.png", "link"],
    ["data:image/png;base64,AAAA", "picture"],
    ["data:image/svg+xml,<svg/>", "path"],
    ["data:text/html,x", "path"],
    ["javascript:alert(1)", "path"],
    ["/home/anna/b.png", "path"],
  ])("%s: a %s", (url, kind) => {
    expect(filesOf(record("", { url }))).toEqual([{ address: url, kind }]);
  });
});

test("of several files in a list those that are texts are known", () => {
  expect(filesOf(record("", { url: ["/a", 1, "", null, "/b"] })).map(({ address }) => address)).toEqual(["/a", "/b"]);
});

test("what is copied is text as it is, and data as JSON", () => {
  expect([contentText(record("a *b*")), contentText(record({ a: 1 })), contentText(record(null))]).toEqual([
    ...["a *b*", '{\n  "a": 1\n}', ""],
  ]);
});
