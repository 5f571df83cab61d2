import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Msg } from "../../src/messages/msg.js";
import { TemporaryMemory } from "../../src/messages/temporaryMemory.js";

const say = (content: unknown) => new Msg({ name: "a", content, role: "user" });
const contents = (messages: readonly Msg[]) => messages.map(({ content }) => content);

describe("an agent's memory", () => {
  it("takes a message, several, or none", () => {
    const memory = new TemporaryMemory();
    memory.add(say(1));
    memory.add([say(2), say(3)]);
    memory.add([]);
    memory.add(undefined);
    expect(contents(memory.get())).toEqual([1, 2, 3]);
    expect(memory.size).toBe(3);
  });

  it("gives the last ones, those that a filter lets through, or the last of those", () => {
    const memory = new TemporaryMemory();
    memory.add([1, 2, 3, 4, 5].map(say));
    expect(contents(memory.get({ recent: 2 }))).toEqual([4, 5]);
    expect(contents(memory.get({ recent: 9 }))).toEqual([1, 2, 3, 4, 5]);
    expect(memory.get({ recent: 0 })).toEqual([]);
    const odd = ({ content }: Msg) => (content as number) % 2 === 1;
    expect(contents(memory.get({ filter: odd }))).toEqual([1, 3, 5]);
    expect(contents(memory.get({ filter: odd, recent: 2 }))).toEqual([3, 5]);
    expect(contents(memory.get({ filter: (_message, index) => index === 0 }))).toEqual([1]);
  });

  it("holds each message once, however many it holds", () => {
    const all = Array.from({ length: 40 }, (_, index) => say(index));
    fc.assert(
      fc.property(fc.array(fc.nat(39), { maxLength: 120, size: "max" }), (added) => {
        const memory = new TemporaryMemory();
        for (const index of added) memory.add(all[index]);
        expect(contents(memory.get())).toEqual([...new Set(added)]);
      }),
    );
  });

  it("deletes at the places it is told, as they were before", () => {
    fc.assert(
      fc.property(fc.nat(8), fc.array(fc.integer({ min: -2, max: 9 })), (size, indexes) => {
        const memory = new TemporaryMemory();
        const all = Array.from({ length: size }, (_, index) => index);
        memory.add(all.map(say));
        memory.delete(indexes);
        expect(contents(memory.get())).toEqual(all.filter((index) => !indexes.includes(index)));
      }),
    );
  });

  it("deletes one, or all", () => {
    const memory = new TemporaryMemory();
    memory.add([1, 2, 3].map(say));
    memory.delete(0);
    expect(contents(memory.get())).toEqual([2, 3]);
    memory.delete();
    expect(memory.size).toBe(0);
  });

  it("is exported as a list that does not change with it, and loaded from one", () => {
    const memory = new TemporaryMemory();
    memory.add([say(1), say(2)]);
    const exported = memory.export();
    memory.add(say(3));
    expect(contents(exported)).toEqual([1, 2]);
    const other = new TemporaryMemory();
    other.add(say(0));
    other.load(exported, { append: true });
    expect(contents(other.get())).toEqual([0, 1, 2]);
    other.load(exported);
    exported.pop();
    expect(contents(other.get())).toEqual([1, 2]);
  });

  it("gives lists that can be changed without changing it", () => {
    const memory = new TemporaryMemory();
    memory.add(say(1));
    memory.get().pop();
    memory.get({ recent: 1 }).pop();
    expect(memory.size).toBe(1);
  });

  it("holds each message once, as one that hears what it has observed needs it", () => {
    const memory = new TemporaryMemory();
    const message = say("hello");
    memory.add(message);
    memory.add([message, say("hello")]);
    expect(contents(memory.get())).toEqual(["hello", "hello"]);
    memory.delete(0);
    memory.add(message);
    expect(contents(memory.get())).toEqual(["hello", "hello"]);
    memory.delete();
    memory.add(message);
    expect(memory.get()).toEqual([message]);
  });

  it("is loaded from what JSON made of it, with ids and times as they were", () => {
    const memory = new TemporaryMemory();
    memory.add([say({ text: "one" }), say(2)]);
    const other = new TemporaryMemory();
    other.load(JSON.parse(JSON.stringify(memory.export())) as Msg[]);
    expect(other.get()).toEqual(memory.get());
    expect(other.get()[0]).toBeInstanceOf(Msg);
  });

  it("says which entry is no message, and stays as it was", () => {
    const memory = new TemporaryMemory();
    memory.add(say(1));
    const entries = [say(2), { name: "a", content: 3, role: "nobody" }] as Msg[];
    expect(() => memory.load(entries)).toThrow(/messages\[1\] is no message: Msg: role is "nobody"/);
    expect(contents(memory.get())).toEqual([1]);
  });
});
