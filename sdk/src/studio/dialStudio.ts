import type { Socket } from "node:net";
import { AgentScopeError, asError } from "../errors.js";
import { hello, type Hello, studioProtocolVersion, type Welcome } from "./protocol.js";
import { pipeSocket } from "./pipeSocket.js";
import { rpcPath, rpcUpgrade, type StudioAddress } from "./studioAddress.js";
import { StudioLine } from "./studioLine.js";
import { answerMs, upgradedSocket } from "./upgradedSocket.js";

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
    const { url, pipe, tls } = address;
    socket =
      pipe === undefined
        ? await upgradedSocket(new URL(rpcPath, url), { protocol: rpcUpgrade, tls, signal, held })
        : await pipeSocket(pipe, { signal, held });
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

function unreachable(url: string, why: string): AgentScopeError {
  return new AgentScopeError("STUDIO_UNREACHABLE", `no daemon can be reached at ${url}: ${why}${tlsAdvice(url, why)}`);
}

function tlsAdvice(url: string, why: string): string {
  const options = "tls of init, --tls-* of as-server, AGENTSCOPE_STUDIO_TLS_*";
  if (!url.startsWith("https:")) return why === "socket hang up" ? ". Does it want https://?" : "";
  if (/certificate required/i.test(why))
    return `. It wants a certificate of yours with its key: cert and key of ${options}`;
  if (/certificate|self-signed/i.test(why))
    return `. Give the certificate of who has signed the daemon's: ca of ${options}`;
  return /wrong version|EPROTO|packet length/i.test(why) ? ". Does it want http://?" : "";
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
