import type { DistOptions } from "../agents/distOptions.js";
import { InvalidArgumentError } from "../errors.js";
import { formatAddress } from "../link/peer.js";
import type { ServerAccess } from "../link/serverAccess.js";
import { settings } from "./settings.js";

/** Where `toDist` puts an agent. */
export type Target =
  | { kind: "local"; address?: undefined }
  | { kind: "child"; address?: undefined }
  | (ServerAccess & { kind: "server" });

/**
 * Where the options, or the run target over them, put an agent. The run target is `AGENTSCOPE_TARGET` (or `init({ target })`):
 * `local`, `child`, or `HOST:PORT`.
 *
 * @throws InvalidArgumentError when the run target can't be used.
 */
export function resolveTarget({ host, port, token, tls }: DistOptions): Target {
  const override = process.env["AGENTSCOPE_TARGET"] || settings.target;
  if (override !== undefined) return overridden(override, { token, tls });
  if (host === undefined || port === undefined) return { kind: "child" };
  return { kind: "server", address: formatAddress(host, port), token, tls };
}

function overridden(target: string, { token, tls }: Pick<ServerAccess, "token" | "tls">): Target {
  if (target === "local" || target === "child") return { kind: target };
  if (target === "studio") {
    throw new InvalidArgumentError(
      "the run target studio needs the daemon, which this version does not have yet: use local, child, or HOST:PORT",
    );
  }
  const [, host, port] = /^(.+):(\d+)$/.exec(target) ?? [];
  if (host === undefined || !(Number(port) > 0 && Number(port) < 65_536)) {
    throw new InvalidArgumentError(
      `the run target (AGENTSCOPE_TARGET or init({ target })) is ${JSON.stringify(target)}; it must be local, child, ` +
        "or the HOST:PORT of an agent server",
    );
  }
  return { kind: "server", address: formatAddress(host, Number(port)), token, tls };
}
