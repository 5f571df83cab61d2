import { AgentServerNotAliveError, Msg, RpcAgentClient, RpcAgentServerLauncher } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Caller } from "../../fixtures/agents/caller.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer } from "../../processes/agentServer.js";
import { CertificateAuthority, type Certificate, hasOpenssl } from "../../processes/certificates.js";
import { TcpProxy } from "../../processes/tcpProxy.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

describe.skipIf(!hasOpenssl)("TLS", () => {
  let folder: TemporaryFolder;
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let serverPair: Certificate;
  let clientPair: Certificate;
  let mutual: AgentServer;

  beforeAll(async () => {
    folder = await TemporaryFolder.make();
    authority = new CertificateAuthority(folder.path, "house");
    stranger = new CertificateAuthority(folder.path, "stranger");
    serverPair = authority.issue("server");
    clientPair = authority.issue("client");
    mutual = await AgentServer.start(mutualArgs());
  });

  afterAll(async () => {
    await mutual[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  function mutualArgs(): string[] {
    return ["--workers", "1", "--tls-cert", serverPair.cert, "--tls-key", serverPair.key, "--tls-ca", authority.ca];
  }

  const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

  async function errorOf(call: PromiseLike<unknown>): Promise<unknown> {
    return call.then(
      (value) => `resolved with ${String(value)}`,
      (error: unknown) => error,
    );
  }

  test("with a certificate that the server's authority signed agents are made, called and managed", async () => {
    const tls = { ca: authority.ca, ...clientPair };
    for (const host of ["127.0.0.1", "localhost"]) {
      const echo = new Echo({ name: "E" }).toDist({ host, port: mutual.port, tls });
      expect(await echo(say("hello")).content).toBe("hello");
    }
    await using client = new RpcAgentClient({ ...mutual.at, tls });
    expect(await client.getServerInfo()).toMatchObject({ pid: mutual.pid });
  });

  test("a connection that is garbled has broken: nothing is said to have failed but the way to the server", async () => {
    await using proxy = await TcpProxy.start(mutual.port);
    await using client = new RpcAgentClient({ ...proxy.at, tls: { ca: authority.ca, ...clientPair } });
    await client.getServerInfo();
    proxy.garble();
    const error = await errorOf(client.getServerInfo());
    expect(error).toBeInstanceOf(AgentServerNotAliveError);
    expect((error as Error).message).toContain(`127.0.0.1:${proxy.at.port}`);
  });

  test("without a certificate, or with a stranger's, nobody is let in", async () => {
    const strangersPair = stranger.issue("client");
    for (const tls of [{ ca: authority.ca }, { ca: authority.ca, ...strangersPair }]) {
      expect(await errorOf(new Echo({ name: "E" }).toDist({ ...mutual.at, tls })(say("x")))).toBeInstanceOf(
        AgentServerNotAliveError,
      );
      await using client = new RpcAgentClient({ ...mutual.at, tls });
      expect(await client.isAlive()).toBe(false);
    }
  });

  test("a client that does not know the server's authority does not talk to it, and is told what to give", async () => {
    const tls = { ca: stranger.ca, ...clientPair };
    const error = await errorOf(new Echo({ name: "E" }).toDist({ ...mutual.at, tls })(say("x")));
    expect(error).toBeInstanceOf(AgentServerNotAliveError);
    expect(String(error)).toMatch(/tls\.ca/);
    expect(String(error)).toContain(mutual.address);
  });

  test("TLS at one end only is an error at once, which says so", async () => {
    await using plain = await AgentServer.start(["--workers", "1"]);
    const tls = { ca: authority.ca, ...clientPair };
    const start = performance.now();
    const withTls = await errorOf(new Echo({ name: "E" }).toDist({ ...plain.at, tls })(say("x")));
    const withoutTls = await errorOf(new Echo({ name: "E" }).toDist(mutual.at)(say("x")));
    expect(performance.now() - start).toBeLessThan(5000);
    expect(withTls).toBeInstanceOf(AgentServerNotAliveError);
    expect(String(withTls)).toMatch(/TLS/);
    expect(withoutTls).toBeInstanceOf(AgentServerNotAliveError);
  });

  test("a server with TLS and a token needs both; the certificates can be given as text", async () => {
    const { readFileSync } = await import("node:fs");
    const read = (path: string) => readFileSync(path, "utf8");
    const token = "a-long-random-text";
    await using launcher = new RpcAgentServerLauncher({
      customAgentClasses: [Echo],
      token,
      tls: { cert: read(serverPair.cert), key: read(serverPair.key) },
    });
    await launcher.launch();
    const at = { host: launcher.host, port: launcher.port };
    const tls = { ca: read(authority.ca) };
    expect(await new Echo({ name: "E" }).toDist({ ...at, tls, token })(say("hello")).content).toBe("hello");
    expect(await errorOf(new Echo({ name: "E" }).toDist({ ...at, tls })(say("x")))).toMatchObject({
      code: "UNAUTHENTICATED",
    });
    expect(await errorOf(new Echo({ name: "E" }).toDist({ ...at, token })(say("x")))).toBeInstanceOf(
      AgentServerNotAliveError,
    );
  });

  test("servers with the same certificates reach each other, and others through the program", async () => {
    await using other = await AgentServer.start(mutualArgs());
    await using plain = await AgentServer.start(["--workers", "1"]);
    const tls = { ca: authority.ca, ...clientPair };
    const places = [{ ...mutual.at, tls }, { ...other.at, tls }, plain.at, {}];
    const echoes = places.map((at, index) => new Echo({ name: `E${index}` }).toDist(at));
    await Promise.all(echoes.map((echo) => echo.ready()));
    const callers = places.map((at, index) => new Caller({ name: `C${index}`, asks: echoes }).toDist(at));
    for (const caller of callers) expect(await caller(say("through all")).content).toBe("through all");
  });

  test.each([
    ["a certificate without its key", { cert: "cert" }, /tls.*cert and key/],
    ["a file that is not there", { cert: "/no/such.pem", key: "/no/such.key" }, /\/no\/such\.pem/],
  ])("%s is refused by client and server", async (_, tls, message) => {
    expect(String(await errorOf(new Echo({ name: "E" }).toDist({ ...mutual.at, tls })(say("x"))))).toMatch(
      /tls|\/no\/such/,
    );
    const launcher = new RpcAgentServerLauncher({ customAgentClasses: [Echo], tls });
    expect(String(await errorOf(launcher.launch()))).toMatch(message);
  });
});
