import { expect, test } from "vitest";
import { OwnedResources } from "./ownedResources.js";

test("resources end in reverse order, even when one of them fails to", async () => {
  const ended: string[] = [];
  const resources = new OwnedResources();
  for (const name of ["server", "stuck", "client"]) {
    resources.own({
      [Symbol.asyncDispose]: async () => {
        if (name === "stuck") throw new Error("does not end");
        ended.push(name);
      },
    });
  }
  await expect(resources.disposeAll()).rejects.toThrow("could be ended");
  expect(ended).toEqual(["client", "server"]);
  await resources.disposeAll();
});
