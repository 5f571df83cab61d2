import { expect, test } from "vitest";
import { RunInstances } from "../../src/runs/runInstances.js";

test("with a run that is forgotten, all processes below its script are", () => {
  const instances = new RunInstances();
  instances.addChild("grandchild", "child");
  instances.addChild("child", "script");
  instances.addScript("script", "run");
  instances.addChild("other child", "other script");
  instances.addScript("other script", "other run");
  expect(instances.runOf("grandchild")).toBe("run");
  instances.removeRun("run");
  expect(instances.runOf("grandchild")).toBeUndefined();
  expect(instances.runOf("other child")).toBe("other run");
  // Nothing is left that would join them again.
  instances.addScript("script", "run");
  instances.addScript("child", "run");
  expect(instances.runOf("grandchild")).toBeUndefined();
});
