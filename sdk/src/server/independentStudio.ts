import type { ClientTls } from "../link/grpcClient.js";
import { studioEnvironment } from "../studio/studioAddress.js";
import type { StudioOptions } from "./serverOptions.js";

/** The daemon that a server which somebody starts registers with: the one that is named, by option or environment. */
export function independentStudio(
  named: string | undefined,
  { token, tls, via = false }: { token?: string | undefined; tls?: ClientTls | undefined; via?: boolean } = {},
): StudioOptions | undefined {
  const url = named ?? (process.env[studioEnvironment.url] || undefined);
  if (url === undefined || url === "off") return undefined;
  return { url, token, tls, kind: "independent", ...(via && { via }) };
}
