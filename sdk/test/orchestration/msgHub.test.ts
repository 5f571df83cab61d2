import { expect, it } from "vitest";
import { Msg } from "../../src/messages/msg.js";
import { msgHub } from "../../src/orchestration/msgHub.js";
import { Chatter } from "./chatters.js";

const chatter = (name: string) => new Chatter({ name });
const announcement = new Msg({ name: "host", content: "welcome", role: "system" });

it("a hub announces, and lets all others observe what a participant answers, in the order of the calls", async () => {
  const [a, b, c] = [chatter("A"), chatter("B"), chatter("C")];
  await msgHub([a, b, c], { announcement }, () => {
    a();
    b();
  });
  expect(await a.heard()).toEqual(["welcome", "B"]);
  expect(await b.heard()).toEqual(["welcome", "A"]);
  expect(await c.heard()).toEqual(["welcome", "A", "B"]);
});

it("the options can be left out, and the body's result is given", async () => {
  const [a, b] = [chatter("A"), chatter("B")];
  const said = await msgHub([a, b], async ([first]) => first().content);
  expect(said).toBe("A");
  expect(await b.heard()).toEqual(["A"]);
});

it("nobody is heard after the hub, also when its body throws", async () => {
  const [a, b] = [chatter("A"), chatter("B")];
  await expect(msgHub([a, b], () => Promise.reject(new Error("enough")))).rejects.toThrow("enough");
  await a();
  expect(await b.heard()).toEqual([]);
});

it("participants come and go while it is open", async () => {
  const [a, b, c] = [chatter("A"), chatter("B"), chatter("C")];
  await msgHub([a, b], (_participants, hub) => {
    hub.add(c);
    a();
    hub.delete(b);
    c();
    b();
  });
  expect(await a.heard()).toEqual(["C"]);
  expect(await b.heard()).toEqual(["A"]);
  expect(await c.heard()).toEqual(["A"]);
});
