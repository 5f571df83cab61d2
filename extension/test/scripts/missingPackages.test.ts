import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { missingPackages } from "../../src/scripts/missingPackages.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "missing-packages-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function file(path: string, text = ""): string {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}
const needsSdk = JSON.stringify({ dependencies: { "agentscope-distributed": "^0.1.0" } });

test("a folder without package.json lacks the SDK", () => {
  const script = file("work/main.ts");
  expect(missingPackages(script)).toEqual({
    isDeclared: false,
    folder: join(root, "work"),
    command: "npm install agentscope-distributed",
  });
});

test("a project that does not ask for the SDK gets it added, with the package manager that it has", () => {
  file("package.json", "{}");
  const script = file("src/main.ts");
  expect(missingPackages(script)).toMatchObject({ folder: root, command: "npm install agentscope-distributed" });
  file("pnpm-lock.yaml");
  expect(missingPackages(script)?.command).toBe("pnpm add agentscope-distributed");
});

test("a project that asks for it lacks all of its packages", () => {
  file("example/package.json", needsSdk);
  const script = file("example/main.ts");
  const folder = join(root, "example");
  expect(missingPackages(script)).toEqual({ isDeclared: true, folder, command: "npm install" });
  file("yarn.lock");
  expect(missingPackages(script)?.command).toBe("yarn install");
});

test("nothing is missing where the script finds the SDK: beside it, above it, or by Yarn's own way", () => {
  file("node_modules/agentscope-distributed/package.json", "{}");
  expect(missingPackages(file("deep/er/main.ts"))).toBeUndefined();
  rmSync(join(root, "node_modules"), { recursive: true });
  expect(missingPackages(join(root, "deep/er/main.ts"))).toBeDefined();
  file(".pnp.cjs");
  expect(missingPackages(join(root, "deep/er/main.ts"))).toBeUndefined();
});
