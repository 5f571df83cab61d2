import { describe, expect, test } from "vitest";
import { PlaceholderReference } from "../../src/management/placeholderReference.js";
import { resolvePlaceholders } from "../../src/management/resolvePlaceholders.js";
import { Msg } from "../../src/messages/msg.js";

const message = (content: unknown) => new Msg({ name: "n", role: "assistant", content });
const placeholder = (taskId: number) => new PlaceholderReference({ host: "h", port: 1, taskId });
const replyOf = async ({ taskId }: PlaceholderReference) => message(`reply ${taskId}`);

describe("resolvePlaceholders", () => {
  test("gives messages in place of placeholders, alone and in a list", async () => {
    expect(await resolvePlaceholders(placeholder(1), replyOf)).toMatchObject({ content: "reply 1" });
    expect(await resolvePlaceholders([message("own"), placeholder(2)], replyOf)).toMatchObject([
      { content: "own" },
      { content: "reply 2" },
    ]);
  });

  test("also inside of content and metadata, and keeps the rest of the message", async () => {
    const outer = message({ deep: [placeholder(3)] });
    outer.metadata = { too: placeholder(4) };
    expect(await resolvePlaceholders(outer, replyOf)).toMatchObject({
      id: outer.id,
      timestamp: outer.timestamp,
      content: { deep: [{ content: "reply 3" }] },
      metadata: { too: { content: "reply 4" } },
    });
  });

  test("asks for each reply once", async () => {
    const asked: string[] = [];
    await resolvePlaceholders([placeholder(1), placeholder(1), placeholder(2)], async (reference) => {
      asked.push(reference.taskId);
      return replyOf(reference);
    });
    expect(asked).toStrictEqual(["1", "2"]);
  });

  test("gives nothing for an agent that replied nothing", async () => {
    const nothing = async () => null;
    expect(await resolvePlaceholders(null, nothing)).toBeUndefined();
    expect(await resolvePlaceholders(placeholder(1), nothing)).toBeUndefined();
    expect(await resolvePlaceholders([placeholder(1), message("x")], nothing)).toMatchObject([{ content: "x" }]);
  });

  test("fails with the first failure when all have ended", async () => {
    const fetch = async ({ taskId }: PlaceholderReference) => Promise.reject(new Error(`no reply ${taskId}`));
    await expect(resolvePlaceholders([placeholder(1), placeholder(2)], fetch)).rejects.toThrow("no reply 1");
  });
});
