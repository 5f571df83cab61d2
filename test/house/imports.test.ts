import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findCycles, readModuleGraph, target } from "./moduleGraph.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const graph = readModuleGraph(root, [
  "sdk/src",
  "sdk/test",
  "daemon/src",
  "daemon/test",
  "extension/src",
  "extension/test",
  "webview/src",
  "webview/test",
  "examples",
  "test",
]);

/** Imports of modules in `folder` that are neither inside it nor allowed. */
function strayImports(folder: string, allowed: (specifier: string, path: string | undefined) => boolean): string[] {
  return [...graph]
    .filter(([importer]) => importer.startsWith(`${folder}/`))
    .flatMap(([importer, specifiers]) => specifiers.map((specifier) => ({ importer, specifier })))
    .filter(({ importer, specifier }) => {
      const path = target(importer, specifier);
      return !path?.startsWith(`${folder}/`) && !allowed(specifier, path);
    })
    .map(({ importer, specifier }) => `${importer} imports ${specifier}`);
}

const isOurs = (specifier: string) => specifier.startsWith("agentscope-distributed");
const isForeignPackage = (specifier: string) => !specifier.startsWith(".") && !isOurs(specifier);
/** What others than ours may speak with a daemon, too. */
const isProtocol = (specifier: string) =>
  specifier === "agentscope-distributed-daemon/protocol" || specifier === "agentscope-distributed/studio";
const isPublicEntry = (specifier: string) => specifier === "agentscope-distributed";

describe("imports run one way", () => {
  test("the graph is really read", () => {
    expect(graph.get("test/house/imports.test.ts")).toEqual(["node:url", "vitest", "./moduleGraph.js"]);
  });

  test("the SDK imports nothing else of this repository, not even itself by name", () => {
    expect(strayImports("sdk/src", isForeignPackage)).toEqual([]);
  });

  test("the daemon sees of the SDK its public entries", () => {
    const isSdk = (specifier: string) => isPublicEntry(specifier) || specifier === "agentscope-distributed/studio";
    expect(strayImports("daemon/src", (specifier) => isForeignPackage(specifier) || isSdk(specifier))).toEqual([]);
  });

  test("the daemon's protocol is made of nothing else of the daemon", () => {
    const isBase = (specifier: string) =>
      specifier === "vscode-jsonrpc" || specifier === "agentscope-distributed/studio";
    expect(strayImports("daemon/src/protocol", isBase)).toEqual([]);
  });

  test("the extension sees of the daemon its protocol, of the SDK how a daemon is found, of the views what they ask of it", () => {
    const isSeam = (specifier: string) =>
      specifier === "agentscope-distributed-daemon/protocol" ||
      specifier === "agentscope-distributed/studio" ||
      specifier === "agentscope-distributed-webview/shell";
    expect(strayImports("extension/src", (specifier) => isForeignPackage(specifier) || isSeam(specifier))).toEqual([]);
  });

  test("views see the daemon's protocol and nothing else of this repository, and run without Node", () => {
    const isBrowsers = (specifier: string) => isForeignPackage(specifier) && !specifier.startsWith("node:");
    const isSeam = (specifier: string) => specifier === "agentscope-distributed-daemon/protocol";
    expect(strayImports("webview/src", (specifier) => isBrowsers(specifier) || isSeam(specifier))).toEqual([]);
  });

  test("only the extension knows the editor, and what speaks with the daemon does not", () => {
    const importers = [...graph].flatMap(([importer, specifiers]) => (specifiers.includes("vscode") ? importer : []));
    expect(importers).toContain("extension/src/extension.ts");
    expect(importers.filter((path) => !path.startsWith("extension/src/"))).toEqual([]);
    expect(importers.filter((path) => path.startsWith("extension/src/daemon/"))).toEqual([]);
  });

  test("examples see of the SDK what users see: its public entry", () => {
    expect(strayImports("examples", (specifier) => isForeignPackage(specifier) || isPublicEntry(specifier))).toEqual(
      [],
    );
  });

  test("benches have no special path through the product", () => {
    const isPublic = (specifier: string) => isForeignPackage(specifier) || isPublicEntry(specifier);
    expect(strayImports("test/bench", (specifier) => isPublic(specifier) || isProtocol(specifier))).toEqual([]);
  });

  test("nothing but the SDK's own tests reaches into its sources", () => {
    const outsiders = ["examples", "test"].flatMap((folder) =>
      strayImports(folder, (_, path) => !path?.startsWith("sdk/")),
    );
    expect(outsiders).toEqual([]);
  });
});

test("no import cycles, of types neither", () => {
  expect(findCycles(graph).map((cycle) => cycle.join(" → "))).toEqual([]);
});
