import type { DistOptions } from "../agents/distOptions.js";
import { InvalidArgumentError } from "../errors.js";
import { formatAddress } from "../link/peer.js";
import type { ServerAccess } from "../link/serverAccess.js";
import { namedStudio } from "../studio/studioAddress.js";
import { settings } from "./settings.js";

/** Where `toDist` puts an agent. */
export type Target =
  | { kind: "local"; address?: undefined }
  | { kind: "child"; address?: undefined }
  /** Where the daemon says. */
  | { kind: "studio"; address?: undefined }
  /** `byAddress`: nothing but its address was said of it, so that a daemon which knows the server may say more. */
  | (ServerAccess & { kind: "server"; byAddress?: boolean });

/**
 * Where the options, or the run target over them, put an agent. The run target is `AGENTSCOPE_TARGET` (or `init({ target })`):
 * `local`, `child`, `studio`, or `HOST:PORT`. A daemon that somebody named says where agents go that no target and no options place.
 *
 * @throws InvalidArgumentError when the run target can't be used.
 */
export function resolveTarget({ host, port, token, tls }: DistOptions): Target {
  const override = process.env["AGENTSCOPE_TARGET"] || settings.target;
  // What is said of an agent by itself goes before what is the daemon's choice.
  const isPlaced = host !== undefined && port !== undefined;
  if (override !== undefined && !(override === "studio" && isPlaced)) return overridden(override, { token, tls });
  if (isPlaced) return { kind: "server", address: formatAddress(host, port), token, tls };
  return { kind: override === "studio" || namedStudio(settings.studioUrl) !== undefined ? "studio" : "child" };
}

function overridden(target: string, { token, tls }: Pick<ServerAccess, "token" | "tls">): Target {
  if (target === "local" || target === "child" || target === "studio") return { kind: target };
  const [, host, port] = /^(.+):(\d+)$/.exec(target) ?? [];
  if (host === undefined || !(Number(port) > 0 && Number(port) < 65_536)) {
    throw new InvalidArgumentError(
      `the run target (AGENTSCOPE_TARGET or init({ target })) is ${JSON.stringify(target)}; it must be local, child, ` +
        "studio, or the HOST:PORT of an agent server",
    );
  }
  const byAddress = token === undefined && tls === undefined && namedStudio(settings.studioUrl) !== undefined;
  return { kind: "server", address: formatAddress(host, Number(port)), token, tls, byAddress };
}
