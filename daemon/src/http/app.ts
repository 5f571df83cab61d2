import { type Handler, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { LogBook } from "../log/logBook.js";
import { guard, type GuardOptions } from "./guard.js";
import { answerError, errorAnswer } from "./httpErrors.js";
import type { HttpEnv } from "./httpEnv.js";

/** The largest body of a request. */
const maxBodyBytes = 2 ** 20;

/** A path, and what answers each method that it has. */
export interface Route {
  method: "GET" | "POST";
  path: string;
  answer: Handler<HttpEnv>;
}

/** The daemon's HTTP side. */
export function httpApp(options: { guard: GuardOptions; log: LogBook; routes: readonly Route[] }): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(guard(options.guard));
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (context) =>
        errorAnswer(context, 413, `the body is larger than ${maxBodyBytes} bytes, the most that is taken`),
    }),
  );
  for (const { method, path, answer } of options.routes) app.on(method, path, answer);
  for (const path of new Set(options.routes.map((route) => route.path))) {
    const allowed = options.routes.filter((route) => route.path === path).map(({ method }) => method);
    app.all(path, (context) => {
      context.header("allow", allowed.join(", "));
      return errorAnswer(context, 405, `${path} takes ${allowed.join(" and ")} alone`);
    });
  }
  app.notFound((context) => errorAnswer(context, 404, `there is nothing at ${context.req.path.slice(0, 200)}`));
  app.onError((thrown, context) => answerError(thrown, context, options.log));
  return app;
}
