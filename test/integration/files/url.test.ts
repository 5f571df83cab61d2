import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { Msg, RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Filer } from "../../fixtures/agents/filer.js";
import { Passer } from "../../fixtures/agents/passer.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

let folder: TemporaryFolder;
let first: AgentServer;
let second: AgentServer;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  [first, second] = await Promise.all([AgentServer.start(["--workers", "1"]), AgentServer.start(["--workers", "1"])]);
});

afterAll(async () => {
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
  await folder[Symbol.asyncDispose]();
});

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });
const bytesOf = (seed: number, length = 3_000_000) => new Uint8Array(length).map((_, index) => index * seed);

/** Compares whole files in no time. */
function expectSame(read: readonly Uint8Array[], bytes: Uint8Array): void {
  expect(read.map((one) => Buffer.compare(one, bytes))).toEqual([0]);
}

/** An agent of a server that has written a file, and a message of it that names the file. */
async function filer(at: object, name: string, bytes: Uint8Array) {
  const agent = new Filer({ name: "filer", folder: folder.path }).toDist(at);
  const path = await agent.write(name, bytes);
  return { agent, path, message: agent(say(path)) };
}

test("the url of a message that is read here is a local copy with equal bytes", async () => {
  const bytes = bytesOf(3);
  const { path, message } = await filer(first.at, "photo.bin", bytes);
  const url = (await message.url) as string;
  expect(url).not.toBe(path);
  expect(basename(url)).toContain("photo.bin");
  expectSame([await readFile(url)], bytes);
  expect((await message).url).toBe(url);
  // The same file again is the same copy.
  expect(await message.url).toBe(url);
});

test("several files, file: URLs, web addresses and what is no file stand beside each other", async () => {
  const { agent, path } = await filer(first.at, "a file with spaces é.bin", bytesOf(5));
  const urls = [
    path,
    pathToFileURL(path).href,
    "https://example.org/x.png",
    "data:text/plain,hello",
    "/no/such/file",
    "x",
  ];
  const read = (await agent(say(urls)).url) as string[];
  expect(read.slice(2)).toEqual(urls.slice(2));
  for (const copy of read.slice(0, 2)) {
    expect(copy).not.toBe(path);
    expectSame([await readFile(copy)], bytesOf(5));
  }
});

test("an agent of another server reads a copy, whether the message comes alone, in a list, or after it was read here", async () => {
  const bytes = bytesOf(7);
  const { path, message } = await filer(first.at, "passed.bin", bytes);
  const reader = new Filer({ name: "reader", folder: folder.path }).toDist(second.at);
  expectSame(await reader.read(message as unknown as Msg), bytes);
  expectSame(await reader.read([message, say("no file")] as unknown as Msg[]), bytes);
  expect(await reader.urls(message as unknown as Msg)).not.toBe(path);
  const here = (await message.url) as string;
  await rm(here);
  // What became of the copy here is nothing to others.
  expectSame(await reader.read(message as unknown as Msg), bytes);
});

test("an agent of the same server reads the file itself", async () => {
  const bytes = bytesOf(11);
  const { path, message } = await filer(first.at, "same.bin", bytes);
  const reader = new Filer({ name: "reader", folder: folder.path }).toDist(first.at);
  expectSame(await reader.read(message as unknown as Msg), bytes);
  expect(await reader.urls(message as unknown as Msg)).toBe(path);
});

test("a local agent and a child agent read a copy, and a child's file is read where it is", async () => {
  const bytes = bytesOf(13);
  const { message } = await filer(first.at, "down.bin", bytes);
  const local = new Filer({ name: "local", folder: folder.path });
  const child = new Filer({ name: "child", folder: folder.path }).toDist();
  expectSame(await child.read(message as unknown as Msg), bytes);
  const passed = local(say("none"));
  expect(await passed.url).toBe("none");
  const children = await filer({}, "child.bin", bytes);
  expect(await children.message.url).toBe(children.path);
});

test("a message that passes the main process unread passes without a download", async () => {
  const bytes = bytesOf(17);
  const { agent, path } = await filer(first.at, "unread.bin", bytes);
  await using main = startScript("passFile", {
    args: [String(first.port), String(second.port), path, folder.file("saved")],
  });
  expect(await main.says("read")).toMatchObject({ read: [bytes.length], saved: [] });
  expect(agent.name).toBe("filer");
});

test("init({ saveDir }) says where copies are saved", async () => {
  const { path } = await filer(first.at, "kept.bin", bytesOf(19));
  await using main = startScript("passFile", {
    args: [String(first.port), String(second.port), path, folder.file("kept"), "read here"],
  });
  const { url, saved } = (await main.says("url")) as { url: string; saved: string[] };
  expect(saved).toEqual([basename(url)]);
  expect(url.startsWith(folder.file("kept"))).toBe(true);
});

test("a file that is gone when the message is read rejects with what is missing, and where", async () => {
  const { path, agent, message } = await filer(first.at, "gone.bin", bytesOf(23));
  await agent.observe();
  await rm(path);
  await expect(message).rejects.toThrow(/gone\.bin/);
  await expect(message).rejects.toThrow(first.address);
  const reader = new Filer({ name: "reader", folder: folder.path }).toDist(second.at);
  await expect(Promise.resolve(reader.read(message as unknown as Msg))).rejects.toThrow(/"reader".*gone\.bin/);
});

test("only files of messages and of the save directory are served", async () => {
  await using other = await TemporaryFolder.make();
  await writeFile(other.file("secret.txt"), "secret");
  const { path } = await filer(first.at, "named.bin", bytesOf(29, 10));
  await using client = new RpcAgentClient(first.at);
  const asked = [
    other.file("secret.txt"),
    `${path}/../../${basename(other.path)}/secret.txt`,
    "/etc/passwd",
    "../../../../../../../../etc/passwd",
    "",
    "/",
    folder.path,
    "/proc/self/environ",
    `${path}\0.txt`,
  ];
  for (const one of asked) {
    const error = await client.downloadFile(one, { saveDir: other.file("saved") }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
  }
  expect(existsSync(other.file("saved/secret.txt"))).toBe(false);
  const copy = await client.downloadFile(path, { saveDir: other.file("saved") });
  expect(await readFile(copy)).toHaveLength(10);
});

test("who sends the path of a file of the server's machine does not get the file for it, though the message is passed on", async () => {
  await using other = await TemporaryFolder.make();
  await writeFile(other.file("secret.txt"), "secret");
  const secret = new Msg({ name: "user", content: "look", role: "user", url: other.file("secret.txt") });
  const passer = new Passer({ name: "P" }).toDist(first.at);
  const farther = new Passer({ name: "Q" }).toDist(second.at);
  await using client = new RpcAgentClient(first.at);
  for (const passed of [passer(secret), farther(passer(secret)), passer(farther(passer(secret)))]) {
    expect(await passed.url).toBe(other.file("secret.txt"));
    await expect(client.downloadFile(other.file("secret.txt"))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  }
  // The same agents pass on files that other agents of the server have made.
  const bytes = bytesOf(31, 1000);
  const { message } = await filer(first.at, "passed on.bin", bytes);
  const far = passer(farther(passer(message)));
  expectSame([await readFile((await far.url) as string)], bytes);
});
