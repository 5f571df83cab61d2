import type { Context, HonoRequest, Next } from "hono";
import { isSameSecret } from "../wire/secret.js";
import { isLoopback } from "./hosts.js";
import { errorAnswer } from "./httpErrors.js";
import type { HttpEnv } from "./httpEnv.js";
import type { ConnectionEnds } from "./peerUser.js";
import type { Site } from "./site.js";

/** What the guard compares requests with. */
export interface GuardOptions {
  site: Site;
  token: string;
  /** Whether the process at the other end is the user's own, where the system tells. */
  isOwnUser: (socket: ConnectionEnds) => boolean;
  /** Whether it is the path of a page for people: those ask for a session by themselves. */
  isPage: (path: string) => boolean;
}

/**
 * Lets in the machine's own programs, and whoever has the token.
 *
 * 1. A page of another site is refused: by `Host` one whose name was made to mean this machine, by `Origin` and `Sec-Fetch-Site` the others.
 * 2. A wrong token is refused, also where none would be needed.
 * 3. Other machines, and other users of this one, need the token, or a certificate where that is enough; for pages another machine's browser needs none here.
 * 4. A link on another site may lead to a page, since looking at one changes nothing and no site can look into it.
 */
export function guard(options: GuardOptions) {
  return async (context: Context<HttpEnv>, next: Next): Promise<Response | undefined> => {
    const { req } = context;
    const { site } = options;
    if (!site.isNamedBy(req.header("host"))) {
      return errorAnswer(
        context,
        403,
        `the request is for another host (${req.header("host") ?? "none"}) than this daemon's`,
      );
    }
    const isPage = options.isPage(req.path);
    const isLink =
      isPage && req.method === "GET" && isNavigation(req.header("sec-fetch-mode"), req.header("sec-fetch-dest"));
    if (!isLink && isFromAnotherSite(site, req)) {
      return errorAnswer(context, 403, "pages of other sites may not ask this daemon for anything");
    }
    const given = /^Bearer (.+)$/i.exec(req.header("authorization") ?? "")?.[1];
    const isShown = isSameSecret(given, options.token);
    const isOwner = isShown || site.certificateIsEnough;
    if (given !== undefined && !isShown) return errorAnswer(context, 401, "the token is wrong");
    const { socket } = context.env.incoming;
    const isNear = isLoopback(socket.remoteAddress ?? "");
    if (!isOwner && !(isNear ? options.isOwnUser(socket) : isPage)) {
      return errorAnswer(context, 401, "the daemon's token is needed, as Authorization: Bearer TOKEN");
    }
    context.set("isOwner", isOwner);
    await next();
    return undefined;
  };
}

/** By headers that no page can choose. */
function isNavigation(mode: string | undefined, destination: string | undefined): boolean {
  return mode === "navigate" && destination === "document";
}

function isFromAnotherSite(site: Site, req: HonoRequest): boolean {
  const [origin, from] = [req.header("origin"), req.header("sec-fetch-site")];
  if (from !== undefined && from !== "same-origin" && from !== "none") return true;
  return origin !== undefined && !site.isOwnPage(origin, req.header("host"));
}
