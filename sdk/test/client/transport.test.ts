import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ServerCredentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RpcAgentClient } from "../../src/client/rpcAgentClient.js";
import { serverAddress } from "../../src/link/grpcClient.js";
import { startMemoryServer } from "../management/memoryServer.js";
import { testCertificate, testKey } from "./testCertificate.js";

describe("over TLS", () => {
  const pair = { private_key: Buffer.from(testKey), cert_chain: Buffer.from(testCertificate) };
  const oneSided = ServerCredentials.createSsl(null, [pair]);
  const mutual = ServerCredentials.createSsl(Buffer.from(testCertificate), [pair], true);
  const ca = testCertificate;

  async function ask(
    credentials: ServerCredentials,
    tls: { ca?: string; cert?: string; key?: string } | undefined,
  ): Promise<unknown> {
    const server = await startMemoryServer({ credentials, token: "t" });
    const client = new RpcAgentClient({ host: "localhost", port: server.port, token: "t", ...(tls && { tls }) });
    try {
      return (await client.getServerInfo()).id;
    } finally {
      client.close();
      await server[Symbol.asyncDispose]();
    }
  }

  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "tls-"))));
  afterEach(() => rm(folder, { recursive: true }));

  test("a client that trusts the certificate gets in, with PEM text and with files", async () => {
    await writeFile(join(folder, "ca.pem"), ca);
    expect(await ask(oneSided, { ca })).toBe("memory");
    expect(await ask(oneSided, { ca: join(folder, "ca.pem") })).toBe("memory");
  });

  test("a client with its own certificate gets in where one is wanted, and no other", async () => {
    expect(await ask(mutual, { ca, cert: testCertificate, key: testKey })).toBe("memory");
    await expect(ask(mutual, { ca })).rejects.toMatchObject({ name: "AgentServerNotAliveError" });
  });

  test("a client that does not trust the certificate is told what to give", async () => {
    await expect(ask(oneSided, {})).rejects.toThrow("Give the certificate of who signed the server's as tls.ca");
  });

  test("a client without TLS, and one with TLS at a server without, are not let in", async () => {
    await expect(ask(oneSided, undefined)).rejects.toMatchObject({ name: "AgentServerNotAliveError" });
    await expect(ask(ServerCredentials.createInsecure(), { ca })).rejects.toThrow("Is TLS on at one end only?");
  });

  test("what is no PEM is refused with the name of the option", async () => {
    await writeFile(join(folder, "note.txt"), "hello");
    await expect(ask(oneSided, { ca: join(folder, "gone.pem") })).rejects.toThrow("tls.ca: the file can't be read");
    await expect(ask(oneSided, { ca: join(folder, "note.txt") })).rejects.toThrow("note.txt is no PEM file");
    await expect(ask(oneSided, { ca, key: testKey })).rejects.toThrow("tls: give cert and key both");
  });
});

describe("a program with a client", () => {
  const program = fileURLToPath(new URL("idleProgram.ts", import.meta.url));
  const run = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program, ...args], {
      timeout: 15_000,
    });
    return JSON.parse(stdout) as unknown;
  };

  test("has loaded neither gRPC nor protobuf before the first call", async () => {
    expect(await run()).toStrictEqual({ loadedHeavy: [] });
  });

  test("ends by itself although the connection is open", async () => {
    const server = await startMemoryServer();
    expect(await run(String(server.port))).toStrictEqual({ loadedHeavy: [], isAlive: true });
    await server[Symbol.asyncDispose]();
  });
});

test("an IPv6 address stands in brackets", () => {
  expect(serverAddress("::1", 5000)).toBe("[::1]:5000");
  expect(serverAddress("localhost", 5000)).toBe("localhost:5000");
});
