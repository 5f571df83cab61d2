import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly optionalDependencies?: Record<string, string>;
}

const manifest = (path: string): Record<string, unknown> => JSON.parse(read(path)) as Record<string, unknown>;

test("the changelog has an entry for the version of the SDK", () => {
  const released = `## [${String(manifest("sdk/package.json").version)}]`;
  expect(read("CHANGELOG.md").split("\n")).toContainEqual(expect.stringContaining(released));
});

test("the packages carry the repository's license", () => {
  for (const folder of ["sdk", "daemon", "extension"]) {
    expect(read(`${folder}/LICENSE`)).toBe(read("LICENSE"));
    expect(manifest(`${folder}/package.json`).license).toBe(manifest("package.json").license);
  }
});

test("the extension's changelog has an entry for its version", () => {
  const released = `## [${String(manifest("extension/package.json").version)}]`;
  expect(read("extension/CHANGELOG.md").split("\n")).toContainEqual(expect.stringContaining(released));
});

test("the package asks for the Node that the repository asks for", () => {
  expect(manifest("sdk/package.json").engines).toEqual(manifest("package.json").engines);
});

test("the lock file names no registry address, so that it works behind any mirror", () => {
  expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
});

test("the lock file has the binaries of every platform, so that npm ci takes it everywhere", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((binary) => {
        const wanted = optionalDependencies[binary];
        const found = foldersAbove(path).map((folder) => packages[`${folder}node_modules/${binary}`]?.version);
        // Binaries are wanted in exactly one version; what stands further up may be another package's.
        return !found.some((version) => version !== undefined && (version === wanted || !/^\d/.test(wanted ?? "")));
      })
      .map((binary) => `${binary} of ${path}`),
  );
  expect(missing).toEqual([]);
});

/** Where Node looks for what the package at a path imports: its own folder, those around it, and the root. */
function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return ["", ...parts.map((_, index) => `${parts.slice(0, index + 1).join("/")}/`)];
}

test("the licence of each package that users get allows it to be used, changed and passed on", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> };
  const allowed = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PSF-2.0"]);
  const others = Object.entries(packages)
    .filter(([path, { dev = false, link = false }]) => path.startsWith("node_modules/") && !dev && !link)
    // One of several that can be chosen is enough.
    .filter(
      ([, { license = "none" }]) =>
        !license
          .replaceAll(/[()]/g, "")
          .split(" OR ")
          .some((one) => allowed.has(one)),
    )
    .map(([path, { license }]) => `${path}: ${license}`);
  expect(others).toEqual([]);
});
