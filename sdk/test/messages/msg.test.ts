import { describe, expect, it } from "vitest";
import { Msg, type Role } from "../../src/messages/msg.js";

describe("a message", () => {
  it("gets an id of its own and the local time", () => {
    const before = Math.floor(Date.now() / 1000);
    const messages = Array.from({ length: 1000 }, () => new Msg({ name: "a", content: 1, role: "user" }));
    expect(new Set(messages.map(({ id }) => id)).size).toBe(1000);
    for (const { id, timestamp } of messages) {
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      const seconds = new Date(timestamp.replace(" ", "T")).getTime() / 1000;
      expect(seconds).toBeGreaterThanOrEqual(before);
      expect(seconds).toBeLessThanOrEqual(Date.now() / 1000);
    }
  });

  it("holds what it was given, and nothing where nothing was", () => {
    const content = { a: 1 };
    const message = new Msg({ name: "a", content, role: "assistant" });
    expect(message.content).toBe(content);
    expect(message).toMatchObject({ name: "a", role: "assistant", url: undefined, metadata: undefined });
    const full = new Msg({ name: "a", content, role: "system", url: ["x", "y"], metadata: { b: 2 } });
    expect(full).toMatchObject({ role: "system", url: ["x", "y"], metadata: { b: 2 } });
  });

  it("gives its fields to await as it is", async () => {
    const message = new Msg({ name: "a", content: "text", role: "user" });
    // oxlint-disable-next-line typescript/await-thenable
    expect(await message.content).toBe("text");
    // oxlint-disable-next-line typescript/await-thenable
    expect(await message).toBe(message);
  });

  it("is restored with the id and timestamp it had", () => {
    const record = {
      id: "x",
      name: "a",
      content: [1],
      role: "user" as const,
      url: "u",
      metadata: null,
      timestamp: "2024-01-01 00:00:00",
    };
    const restored = Msg.restore(record);
    expect(restored).toBeInstanceOf(Msg);
    expect(restored).toMatchObject(record);
  });

  it("refuses another role, and a name that is no text, with what is allowed", () => {
    for (const role of ["robot", "", undefined, "constructor"]) {
      expect(() => new Msg({ name: "a", content: 1, role: role as Role })).toThrow(
        /role is .*"system", "user" or "assistant"/,
      );
    }
    expect(() => new Msg({ name: 5 as unknown as string, content: 1, role: "user" })).toThrow(
      /name is number; it must be/,
    );
    expect(() => new Msg({ content: 1, role: "user" } as never)).toThrow(TypeError);
  });

  it("prints as its name and what it says, whatever that is", () => {
    const shown = (content: unknown) => String(new Msg({ name: "a", content, role: "user" }));
    expect(shown("hello")).toBe("a: hello");
    expect(shown({ b: [1] })).toBe('a: {"b":[1]}');
    expect(shown(10n)).toBe("a: 10n");
    const circular: unknown[] = [];
    circular.push(circular);
    expect(shown(circular)).toContain("Circular");
  });
});
