import { expect, test } from "vitest";
import type { RequestType } from "vscode-jsonrpc/node";
import { readMemory } from "../../src/memory/readMemory.js";

const agent = { serverId: "s", agentId: "a", name: "A" };
const record = (index: number) => ({ id: String(index), name: "n", role: "user", content: index, timestamp: "" });

/** A client whose pages have so many messages at most, of so many. */
const client = (total: number, most: number) => ({
  async request<Params, Result>(_type: RequestType<Params, Result, void>, params: Params): Promise<Result> {
    const { offset, limit } = params as { offset: number; limit: number };
    const count = Math.max(0, Math.min(limit, most, total - offset));
    const rows = Array.from({ length: count }, (_, index) => record(offset + index));
    return { total, offset, rows } as Result;
  },
});

test("reads page after page, also those that are shorter than was asked for", async () => {
  const messages = await readMemory(client(1200, 300), agent);
  expect(messages.map(({ content }) => content)).toEqual(Array.from({ length: 1200 }, (_, index) => index));
});

test("ends where there is no more, whatever was said", async () => {
  expect(await readMemory(client(5, 0), agent)).toEqual([]);
});
