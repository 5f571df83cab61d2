import { expect, test } from "vitest";
import { KeptSecrets } from "../../src/servers/serverSecrets.js";

/** As the editor's: text by name. */
function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    get: async (key: string) => kept.get(key),
    store: async (key: string, value: string) => void kept.set(key, value),
    delete: async (key: string) => void kept.delete(key),
  };
}

test("what a server wants to see is kept by its address, and forgotten", async () => {
  const editor = storage();
  const secrets = new KeptSecrets(editor);
  // At once: none of them is lost.
  await Promise.all([
    secrets.keep("a:1", { token: "t" }),
    secrets.keep("b:2", { tls: { ca: "pem" } }),
    secrets.keep("a:1", { token: "t", tls: {} }),
  ]);
  const another = new KeptSecrets(editor);
  expect(await another.addresses()).toEqual(["a:1", "b:2"]);
  expect(await another.of("a:1")).toEqual({ token: "t", tls: {} });
  await another.forget(["a:1"]);
  expect(await secrets.of("a:1")).toBeUndefined();
  await another.forget(["b:2"]);
  expect(editor.kept.size).toBe(0);
});

test("a damaged entry counts as none", async () => {
  const editor = storage();
  const secrets = new KeptSecrets(editor);
  await secrets.keep("a:1", { token: "t" });
  for (const key of editor.kept.keys()) editor.kept.set(key, "{");
  expect(await secrets.addresses()).toEqual([]);
  await secrets.keep("b:2", { token: "u" });
  expect(await secrets.of("b:2")).toEqual({ token: "u" });
});

test("addresses that are named like an object's own parts are addresses", async () => {
  const secrets = new KeptSecrets(storage());
  await secrets.keep("constructor:1", { token: "t" });
  expect(await secrets.of("toString")).toBeUndefined();
  expect(await secrets.addresses()).toEqual(["constructor:1"]);
});
