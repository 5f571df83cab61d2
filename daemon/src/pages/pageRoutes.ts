import type { Context } from "hono";
import { z } from "zod";
import type { Route } from "../http/app.js";
import { bodyOf } from "../http/body.js";
import { errorAnswer } from "../http/httpErrors.js";
import type { HttpEnv } from "../http/httpEnv.js";
import type { AccessCodes } from "./accessCodes.js";
import { PageFiles } from "./pageFiles.js";
import { pageHeaders } from "./pageHeaders.js";
import { assetsPath, pagesPath, sessionPath } from "./pagePaths.js";
import type { PageSessions } from "./pageSessions.js";

const entry = z.object({ code: z.string().max(200) });

/**
 * The pages. Every path below `/studio` is the same page, which shows what its path says; without a session it is one that exchanges the
 * code in its address for a session, or says how to get one.
 */
export function pageRoutes({ codes, sessions }: { codes: AccessCodes; sessions: PageSessions }): Route[] {
  const files = new PageFiles();
  const hasSession = (context: Context<HttpEnv>) => sessions.holds(context.req.header("cookie"));

  function send(context: Context<HttpEnv>, name: string, status: 200 | 401 = 200): Response {
    const file = files.file(name);
    if (file === undefined) return errorAnswer(context, 404, `there is no file ${JSON.stringify(name.slice(0, 200))}`);
    return context.body(file.content, status, { ...pageHeaders, "content-type": file.type });
  }

  return [
    { method: "GET", path: "/", answer: (context) => context.redirect(`${pagesPath}/`) },
    { method: "GET", path: pagesPath, answer: (context) => context.redirect(`${pagesPath}/`) },
    {
      method: "GET",
      path: sessionPath,
      answer: (context) =>
        hasSession(context) ? context.body(null, 204) : errorAnswer(context, 401, "this browser has no session"),
    },
    {
      method: "POST",
      path: sessionPath,
      answer: async (context) => {
        const { code } = await bodyOf(context, entry);
        if (!codes.use(code)) return errorAnswer(context, 401, "the code was used before, or is too old");
        context.header("set-cookie", sessions.start());
        return context.body(null, 204);
      },
    },
    // They tell nothing, and the page without a session is made of them, too.
    { method: "GET", path: `${assetsPath}/:name`, answer: (context) => send(context, context.req.param("name") ?? "") },
    {
      method: "GET",
      path: `${pagesPath}/*`,
      answer: (context) => {
        if (!hasSession(context)) return send(context, "entry.html", 401);
        context.header("set-cookie", sessions.start());
        return send(context, "studio.html");
      },
    },
  ];
}
