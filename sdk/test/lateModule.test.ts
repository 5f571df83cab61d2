import { expect, test } from "vitest";
import { lateModule } from "../src/lateModule.js";

test("a module is loaded when it is first asked for, once for all who ask", async () => {
  let loads = 0;
  const load = lateModule(async () => ++loads);
  expect(loads).toBe(0);
  expect(await Promise.all([load(), load()])).toEqual([1, 1]);
  expect(await load()).toBe(1);
});

test.each([
  [
    "at once",
    () => {
      throw new Error("not now");
    },
  ],
  ["later", () => Promise.reject(new Error("not now"))],
])(
  "one that could not be loaded, which was known %s, is tried again by who asks next",
  async (_, fail: () => Promise<never>) => {
    let loads = 0;
    const load = lateModule<number>(() => (++loads === 1 ? fail() : Promise.resolve(loads)));
    const both = await Promise.allSettled([load(), load()]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await load()).toBe(2);
  },
);
