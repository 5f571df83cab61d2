import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { conversation } from "../../src/agents/conversation.js";
import { Msg } from "../../src/messages/msg.js";

const ada = { name: "Ada", sysPrompt: "Be brief." };
const from = (name: string, content: unknown, more: Partial<Msg> = {}) =>
  new Msg({ name, content, role: name === "user" ? "user" : "assistant", ...more });

const called = (...ids: string[]) =>
  from("Ada", "let me see", {
    metadata: { toolCalls: ids.map((id) => ({ id, name: "look", input: { what: id } })) },
  });
const result = (id: string, content: string) =>
  new Msg({ name: "look", content, role: "system", metadata: { toolCallId: id, toolName: "look", isError: false } });

describe("what a model is asked", () => {
  it("begins with the system prompt, if there is one", async () => {
    expect(await conversation(ada, [])).toEqual([{ role: "system", content: "Be brief." }]);
    expect(await conversation({ name: "Ada", sysPrompt: undefined }, [])).toEqual([]);
  });

  it("has what the agent itself said as the assistant's, and everything else as a user's", async () => {
    const heard = [from("Bob", "hello"), from("Ada", "hi"), from("Bob", "how are you?")];
    expect(await conversation({ name: "Ada", sysPrompt: "" }, heard)).toEqual([
      { role: "user", content: "hello" },
      { role: "assistant", content: "hi" },
      { role: "user", content: "how are you?" },
    ]);
  });

  it("names the speakers where there are several", async () => {
    const heard = [from("Bob", "hello"), from("Eve", "good day"), from("Ada", "hi both")];
    expect((await conversation(ada, heard)).map(({ content }) => content)).toEqual([
      "Be brief.",
      "Bob:\n\nhello",
      "Eve:\n\ngood day",
      "hi both",
    ]);
  });

  it("has hints as the system's, and data as JSON", async () => {
    const heard = [new Msg({ name: "host", role: "system", content: "You have won." }), from("user", { points: 3 })];
    expect((await conversation(ada, heard)).slice(1)).toEqual([
      { role: "system", content: "You have won." },
      { role: "user", content: '{"points":3}' },
    ]);
  });

  it("has calls of tools with their results", async () => {
    const heard = [
      from("user", "look"),
      called("a", "b"),
      result("a", "a mat"),
      result("b", "a cat"),
      from("Ada", "a cat"),
    ];
    expect((await conversation(ada, heard)).slice(2)).toEqual([
      {
        role: "assistant",
        content: "let me see",
        toolCalls: [
          { id: "a", name: "look", input: { what: "a" } },
          { id: "b", name: "look", input: { what: "b" } },
        ],
      },
      { role: "tool", toolCallId: "a", toolName: "look", content: "a mat", isError: false },
      { role: "tool", toolCallId: "b", toolName: "look", content: "a cat", isError: false },
      { role: "assistant", content: "a cat" },
    ]);
  });

  it("leaves out calls that lack a result, and results that lack a call: no provider takes them", async () => {
    const heard = [result("a", "forgotten"), called("b", "c"), result("b", "half"), from("user", "and now?")];
    expect((await conversation(ada, heard)).slice(1)).toEqual([
      { role: "assistant", content: "let me see" },
      { role: "user", content: "and now?" },
    ]);
  });

  it("does not take another agent's record of tools for its own", async () => {
    const heard = [Object.assign(called("a"), { name: "Bob" }), from("user", "well?")];
    expect((await conversation(ada, heard)).slice(1)).toEqual([
      { role: "user", content: "Bob:\n\nlet me see" },
      { role: "user", content: "user:\n\nwell?" },
    ]);
  });

  it("has the images that a message names, from the web and from this machine", async () => {
    const folder = await mkdtemp(join(tmpdir(), "agents-test-"));
    try {
      const path = join(folder, "a.png");
      await writeFile(path, "bytes");
      const url = [
        "https://example.com/b.JPG?size=1",
        path,
        pathToFileURL(path).href,
        "notes.txt",
        "https://example.com/",
      ];
      const [, asked] = await conversation(ada, [from("user", "what is it?", { url })]);
      const bytes = { data: Buffer.from("bytes"), mediaType: "image/png" };
      expect(asked).toMatchObject({
        files: [{ data: new URL("https://example.com/b.JPG?size=1"), mediaType: "image/jpeg" }, bytes, bytes],
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
