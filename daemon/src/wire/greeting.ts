import { type ClientInfo, studioErrorCode, studioProtocolVersion } from "agentscope-distributed/studio";
import { z } from "zod";
import { StudioError } from "../errors.js";
import { isSameSecret } from "./secret.js";

const credentials = z.object({ token: z.string().optional() });
const version = z.object({
  protocolVersion: z.number(),
  client: z.object({ name: z.string().optional() }).optional(),
});
const client = z.object({
  kind: z.enum(["editor", "terminal", "browser", "script", "server"]),
  name: z.string().max(200),
  version: z.string().max(100),
  pid: z.int().nonnegative(),
}) satisfies z.ZodType<ClientInfo>;

/**
 * Who says hello: a client with the token, or one whose certificate or session, if it is a page, was looked at before. In this order: the token, without which nothing is learned; the version, by which the rest may look different.
 *
 * @throws StudioError saying what is wrong.
 */
export function checkHello(
  params: unknown,
  daemon: { token: string; version: string },
  { isPage = false, isCertified = false }: { isPage?: boolean; isCertified?: boolean } = {},
): ClientInfo {
  const shown = credentials.safeParse(params);
  if (!isPage && !isCertified && (!shown.success || !isSameSecret(shown.data.token, daemon.token))) {
    throw new StudioError(studioErrorCode.unauthenticated, "the token is missing or wrong");
  }
  const spoken = version.safeParse(params);
  if (!spoken.success) throw invalid(spoken.error);
  const theirs = spoken.data.protocolVersion;
  if (theirs !== studioProtocolVersion) {
    const name = spoken.data.client?.name?.slice(0, 200) ?? "the client";
    const what = theirs > studioProtocolVersion ? "the daemon (agentscope-distributed-daemon)" : name;
    throw new StudioError(
      studioErrorCode.protocolVersion,
      `the daemon (${daemon.version}) speaks version ${studioProtocolVersion} of the protocol, and ${name} version ${theirs}: update ${what}`,
    );
  }
  const told = z.object({ client }).safeParse(params);
  if (!told.success) throw invalid(told.error);
  if (isPage && told.data.client.kind !== "browser") {
    throw StudioError.refused(`a page is a client of the kind "browser", and not "${told.data.client.kind}"`);
  }
  return told.data.client;
}

/** What is wrong with parameters, as a sentence that names the field. */
export function invalid(error: z.ZodError): StudioError {
  const [issue] = error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  return StudioError.invalidParams(`${path === "" ? "the parameters" : path}: ${issue?.message ?? "can't be used"}`);
}
