import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, afterEach, describe, expect, test } from "vitest";
import { Home } from "../../src/home/home.js";
import { pipePath } from "../../src/home/pipePath.js";
import { chosenToken, ownToken } from "../../src/home/token.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agents-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mode = (path: string) => statSync(path).mode & 0o777;

describe.skipIf(process.platform === "win32")("the daemon's folder", () => {
  test("is its owner's alone, also when it was open before", () => {
    const open = join(folder, "open");
    mkdirSync(open);
    chmodSync(open, 0o755);
    expect([mode(Home.open(open).folder), mode(Home.open(join(folder, "a/b")).folder)]).toEqual([0o700, 0o700]);
    expect(mode(Home.open(open).makeFolder("runs", "r1"))).toBe(0o700);
  });

  test("must be a folder: else it is said which variable names it", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => Home.open(join(folder, "file"))).toThrow(/AGENTSCOPE_STATE_DIR/);
  });

  test("a socket's path fits into what kernels allow, however long the folder's is", () => {
    const long = join(folder, "x".repeat(120));
    expect(Home.open(folder).pipe).toBe(join(folder, "daemon.sock"));
    for (const env of [{}, { XDG_RUNTIME_DIR: "/run/user/1000" }]) {
      expect(Buffer.byteLength(pipePath(long, env))).toBeLessThanOrEqual(100);
      expect(pipePath(long, env)).not.toBe(pipePath(`${long}y`, env));
    }
  });
});

describe("the token", () => {
  test("is made once, is long, and stays the same", () => {
    const home = Home.open(folder);
    const token = ownToken(home);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(ownToken(Home.open(folder))).toBe(token);
    expect(readdirSync(folder)).toEqual(["token"]);
  });

  test("is made again where the file is empty", () => {
    const home = Home.open(folder);
    writeFileSync(home.path("token"), "");
    expect(ownToken(home)).toMatch(/^[\w-]{43}$/);
  });

  test.skipIf(process.platform === "win32")("is its owner's alone, also when the file was open before", () => {
    const home = Home.open(folder);
    const token = ownToken(home);
    expect(mode(home.path("token"))).toBe(0o600);
    chmodSync(home.path("token"), 0o644);
    expect([ownToken(home), mode(home.path("token"))]).toEqual([token, 0o600]);
  });

  test("that a person chose must be there and must not be empty", () => {
    const path = join(folder, "mine");
    expect(() => chosenToken(path)).toThrow(/can't be read/);
    writeFileSync(path, " \n");
    expect(() => chosenToken(path)).toThrow(/is empty/);
    writeFileSync(path, "secret\n");
    expect(chosenToken(path)).toBe("secret");
  });
});
