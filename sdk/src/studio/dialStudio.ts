import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { AgentScopeError, asError } from "../errors.js";
import { hello, type Hello, studioProtocolVersion, type Welcome } from "./protocol.js";
import { rpcPath, rpcUpgrade, type StudioAddress } from "./studioAddress.js";
import { StudioLine } from "./studioLine.js";

/** How long a daemon may take to answer, in milliseconds. */
const answerMs = 5000;

/** What came of dialling: a refusal is for good, as long as address and token are the same. */
export type Dialled =
  | { kind: "open"; line: StudioLine; welcome: Welcome }
  | { kind: "unreachable" | "refused"; error: AgentScopeError };

/** Connects to a daemon and says hello. */
export async function dialStudio(
  address: StudioAddress,
  client: Hello["client"],
  { signal, held }: { signal: AbortSignal; held: boolean },
): Promise<Dialled> {
  let socket: Socket;
  try {
    socket = await upgradedSocket(new URL(rpcPath, address.url), { protocol: rpcUpgrade, signal, held });
  } catch (thrown) {
    return { kind: "unreachable", error: unreachable(address.url, asError(thrown).message) };
  }
  const line = new StudioLine(socket, address);
  try {
    const { token } = address;
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    const welcome = await line.request(
      hello,
      { protocolVersion: studioProtocolVersion, client, ...(token !== undefined && { token }) },
      { signal: timeout },
    );
    if (welcome.protocolVersion !== studioProtocolVersion) throw otherVersion(address.url, welcome);
    return { kind: "open", line, welcome };
  } catch (thrown) {
    line.settle("it did not welcome this process");
    if (thrown instanceof AgentScopeError && thrown.code !== "STUDIO_UNREACHABLE") {
      return { kind: "refused", error: withAdvice(thrown) };
    }
    return { kind: "unreachable", error: unreachable(address.url, asError(thrown).message) };
  }
}

/**
 * A raw connection to a daemon, which an HTTP request on its port asks for.
 *
 * @param options `held`: whether it keeps the process alive meanwhile.
 */
export function upgradedSocket(
  url: URL,
  {
    protocol,
    token,
    signal,
    held,
  }: { protocol: string; token?: string | undefined; signal: AbortSignal; held: boolean },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      agent: false,
      signal,
      headers: {
        connection: "Upgrade",
        upgrade: protocol,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${answerMs} ms`)), answerMs);
    if (!held) timer.unref();
    request.on("socket", (socket) => {
      if (!held) socket.unref();
    });
    request.once("upgrade", (_response, socket: Socket, head: Buffer) => {
      clearTimeout(timer);
      if (head.length > 0) socket.unshift(head);
      socket.setNoDelay(true);
      resolve(socket);
    });
    request.once("response", (response) => {
      request.destroy(new Error(`what listens there is no daemon of this kind (HTTP ${response.statusCode})`));
    });
    request.on("error", reject);
    request.once("close", () => clearTimeout(timer));
    request.end();
  });
}

function unreachable(url: string, why: string): AgentScopeError {
  return new AgentScopeError("STUDIO_UNREACHABLE", `no daemon can be reached at ${url}: ${why}`);
}

function withAdvice(error: AgentScopeError): AgentScopeError {
  if (error.code !== "UNAUTHENTICATED") return error;
  return new AgentScopeError(
    error.code,
    `${error.message}. Give it as AGENTSCOPE_STUDIO_TOKEN, or a file with it as --studio-token-file: it stands in the file ` +
      "token of the state folder of the daemon's user",
    { cause: error },
  );
}

function otherVersion(url: string, { protocolVersion, version }: Welcome): AgentScopeError {
  const older =
    protocolVersion < studioProtocolVersion ? `the daemon (its version is ${version})` : "this program's SDK";
  return new AgentScopeError(
    "STUDIO_REFUSED",
    `the daemon at ${url} speaks version ${protocolVersion} of the protocol, and this program version ` +
      `${studioProtocolVersion}: update ${older}`,
  );
}
