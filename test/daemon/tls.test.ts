import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import { RpcAgentClient } from "agentscope-distributed";
import { connectServer, listRuns, listServers, openPage, type ServerRow } from "agentscope-distributed-daemon/protocol";
import { type Discovery, studioErrorCode } from "agentscope-distributed/studio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AgentServer } from "../processes/agentServer.js";
import { type Certificate, CertificateAuthority, hasOpenssl } from "../processes/certificates.js";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { startScript } from "../processes/script.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";

/** What a loaded machine may take. */
const patience = 60_000;

describe.skipIf(!hasOpenssl)("a daemon with TLS", { timeout: 120_000 }, () => {
  let folder: TemporaryFolder;
  let authority: CertificateAuthority;
  let own: Certificate;
  let client: Certificate;
  let state: StateFolder;
  let daemon: DaemonProcess;
  let found: Discovery;
  let editor: Editor;

  beforeAll(async () => {
    folder = await TemporaryFolder.make();
    authority = new CertificateAuthority(folder.path, "house");
    own = authority.issue("server");
    client = authority.issue("client");
    state = await StateFolder.make();
    daemon = await DaemonProcess.start(state, { args: tlsArgs(own) });
    found = state.found as Discovery;
    editor = await Editor.connect(found);
  });
  afterAll(async () => {
    await editor?.[Symbol.asyncDispose]();
    await daemon?.[Symbol.asyncDispose]();
    await state?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  const tlsArgs = ({ cert, key }: Certificate) => ["--tls-cert", cert, "--tls-key", key, "--tls-ca", authority.ca];
  /** As on another machine: no daemon is found there. */
  const elsewhere = () => ({ AGENTSCOPE_STATE_DIR: folder.file("nothing") });
  const rowOf = async (serverId: string) =>
    (await editor.ask(listServers, {})).find((row) => row.serverId === serverId);

  async function isReady(serverId: string): Promise<ServerRow> {
    return until(
      async () => {
        const row = await rowOf(serverId);
        return row?.state === "ready" || row?.state === "busy" ? row : undefined;
      },
      { timeoutMs: patience, what: `the server ${serverId}` },
    );
  }

  async function ask(path: string, options: RequestOptions, body = ""): Promise<{ status: number; cookies: string[] }> {
    const asked = request(`${found.url}${path}`, { agent: false, ...options }).end(body);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    return { status: answer.statusCode ?? 0, cookies: answer.headers["set-cookie"] ?? [] };
  }

  const files = ({ cert, key }: Certificate) => ({
    ca: readFileSync(authority.ca),
    cert: readFileSync(cert),
    key: readFileSync(key),
  });

  test("says https, and answers nobody without a certificate of its authority", async () => {
    expect(found.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask("/api/servers/all", files(client))).toMatchObject({ status: 200 });
    const { ca } = files(client);
    await expect(ask("/api/servers/all", { ca })).rejects.toThrow();
    const stranger = new CertificateAuthority(folder.path, "stranger").issue("client");
    await expect(ask("/api/servers/all", { ...files(stranger), ca })).rejects.toThrow();
    const plain = found.url.replace("https:", "http:");
    await expect(fetch(`${plain}/api/servers/all`)).rejects.toThrow();
  });

  test("is registered with, and reached through, by servers of other machines that have a certificate", async () => {
    const args = (id: string, option: string) => ["--server-id", id, "--workers", "1", option, found.url];
    await using near = await AgentServer.start([...args("near", "--studio-url"), ...tlsArgs(client)], {
      env: elsewhere(),
    });
    await using hidden = await AgentServer.start([...args("hidden", "--via-studio"), ...tlsArgs(own)], {
      env: elsewhere(),
    });
    expect(await isReady("near")).toMatchObject({ access: "tls", pid: near.pid });
    const { host, port } = await isReady("hidden");
    expect(port).toBe(hidden.port);
    const { cert, key } = client;
    await using caller = new RpcAgentClient({ host, port, tls: { ca: authority.ca, cert, key } });
    expect(await caller.getServerInfo()).toMatchObject({ pid: hidden.pid });
  });

  test("says to servers without certificates what to give", async () => {
    await using server = await AgentServer.start(["--server-id", "stranger", "--studio-url", found.url], {
      env: elsewhere(),
    });
    await until(() => server.stderr.includes("ca of tls of init, --tls-* of as-server"), {
      timeoutMs: patience,
      what: "the advice",
    });
    expect(await rowOf("stranger")).toBeUndefined();
  });

  test.each([
    ["of another machine that are told of certificates", true],
    ["of its own user without any", false],
  ])("has runs %s", async (_name, isFar) => {
    const { cert, key } = client;
    const far = {
      ...elsewhere(),
      AGENTSCOPE_STUDIO_URL: found.url,
      AGENTSCOPE_STUDIO_TLS_CA: authority.ca,
      AGENTSCOPE_STUDIO_TLS_CERT: cert,
      AGENTSCOPE_STUDIO_TLS_KEY: key,
      AGENTSCOPE_TARGET: "child",
    };
    const env: Record<string, string> = isFar ? far : { ...state.env, AGENTSCOPE_STUDIO_URL: "" };
    await using script = startScript("echoOnce", { env });
    const run = await until(
      async () => (await editor.ask(listRuns, { offset: 0, limit: 9 })).rows.find(({ pid }) => pid === script.pid),
      { timeoutMs: patience, what: "the run" },
    );
    expect(run.name).toBe("echoOnce.js");
    expect(await script.endsWithin(patience)).toMatchObject({ code: 0 });
  });

  test("lets in a browser whose cookie goes over TLS alone", async () => {
    const { url } = await editor.ask(openPage, {});
    const body = JSON.stringify({ code: url.slice(url.indexOf("#") + 1) });
    const headers = { "content-type": "application/json", origin: found.url };
    const post = { method: "POST", ...files(client) };
    const fromPlain = { ...headers, origin: found.url.replace("https:", "http:") };
    expect(await ask("/studio/session", { ...post, headers: fromPlain }, body)).toMatchObject({ status: 403 });
    const { status, cookies } = await ask("/studio/session", { ...post, headers }, body);
    expect([status, cookies[0]]).toEqual([204, expect.stringContaining("; Secure;")]);
  });

  test("takes in agent servers that want a token and a certificate, says which, and keeps neither on the disk", async () => {
    const token = folder.file("token");
    const secret = "a-planted-secret-of-a-server";
    writeFileSync(token, secret);
    await using server = await AgentServer.start(["--server-id", "far", "--token-file", token, ...tlsArgs(own)], {
      env: { ...elsewhere(), AGENTSCOPE_STUDIO_URL: "off" },
    });
    const pem = (path: string) => readFileSync(path, "utf8");
    const tls = { ca: pem(authority.ca), cert: pem(client.cert), key: pem(client.key) };
    const codeOf = (shown: object) => editor.ask(connectServer, { ...server.at, ...shown }).then(() => 0, codeIn);
    expect(await codeOf({})).toBe(studioErrorCode.wantsCertificate);
    expect(await codeOf({ tls: { ca: tls.ca } })).toBe(studioErrorCode.wantsCertificate);
    expect(await codeOf({ tls })).toBe(studioErrorCode.wantsToken);
    expect(await codeOf({ tls, token: "wrong" })).toBe(studioErrorCode.wantsToken);
    expect(await editor.ask(connectServer, { ...server.at, tls, token: secret })).toMatchObject({ serverId: "far" });
    const keyLine = tls.key.split("\n")[1] as string;
    for (const text of readAll(state.path)) {
      expect(text.includes(secret)).toBe(false);
      expect(text.includes(keyLine)).toBe(false);
    }
  });

  test("does not start with but a part of what it needs, and says what to type", async () => {
    await using other = await StateFolder.make();
    const half = await asStudio(other, "--tls-cert", own.cert, "--port", "0");
    expect([half.end?.code, half.stderr]).toEqual([1, expect.stringContaining("--tls-key")]);
    const open = await asStudio(other, "--host", "0.0.0.0", "--tls-cert", own.cert, "--tls-key", own.key);
    expect([open.end?.code, open.stderr]).toEqual([1, expect.stringMatching(/--token-file FILE.*--tls-ca/)]);
    const wrong = await asStudio(other, "--tls-cert", own.key, "--tls-key", own.key, "--port", "0");
    expect([wrong.end?.code, wrong.stderr]).toEqual([1, expect.stringContaining("TLS can't be had")]);
  });
});

function codeIn(error: unknown): number {
  return (error as { code: number }).code;
}

/** The files of a folder and those below it. */
function readAll(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
}
