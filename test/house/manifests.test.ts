import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

interface LockedPackage {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const manifest = (path: string): Record<string, unknown> => JSON.parse(read(path)) as Record<string, unknown>;

test("the changelog has an entry for the version of the SDK", () => {
  const released = `## [${String(manifest("sdk/package.json").version)}]`;
  expect(read("CHANGELOG.md").split("\n")).toContainEqual(expect.stringContaining(released));
});

test("the package carries the repository's license", () => {
  expect(read("sdk/LICENSE")).toBe(read("LICENSE"));
  expect(manifest("sdk/package.json").license).toBe(manifest("package.json").license);
});

test("the package asks for the Node that the repository asks for", () => {
  expect(manifest("sdk/package.json").engines).toEqual(manifest("package.json").engines);
});

test("the lock file names no registry address, so that it works behind any mirror", () => {
  expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
});

test("the lock file has the binaries of every platform for each tool that is asked for by name", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> };
  const asked = ["", "sdk", "daemon", "examples", "test"].flatMap((folder) => [
    ...Object.keys(packages[folder]?.dependencies ?? {}),
    ...Object.keys(packages[folder]?.devDependencies ?? {}),
  ]);
  const missing = asked.flatMap((name) =>
    Object.keys(packages[`node_modules/${name}`]?.optionalDependencies ?? {}).filter(
      (binary) => !packages[`node_modules/${binary}`],
    ),
  );
  expect(missing).toEqual([]);
});
