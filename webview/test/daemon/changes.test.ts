import { expect, test } from "vitest";
import { Changes } from "../../src/daemon/changes.js";

test("who listens twice is told twice, and each ends by itself", () => {
  const changes = new Changes();
  let told = 0;
  const listener = () => {
    told++;
  };
  const stop = changes.on(listener);
  changes.on(listener);
  changes.tell();
  stop();
  changes.tell();
  expect(told).toBe(3);
});
