import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import { invalid } from "../wire/greeting.js";
import type { HttpEnv } from "./httpEnv.js";

/**
 * The JSON in a request's body.
 *
 * @throws HTTPException or StudioError saying what is wrong with it.
 */
export async function bodyOf<Form>(context: Context<HttpEnv>, form: z.ZodType<Form>): Promise<Form> {
  // A page of another site can send any other type of text without asking the browser for leave.
  if (!/^application\/json\b/i.test(context.req.header("content-type") ?? "")) {
    throw new HTTPException(415, { message: "the body must be JSON (Content-Type: application/json)" });
  }
  let value: unknown;
  try {
    value = JSON.parse(await context.req.text());
  } catch (error) {
    if (error instanceof HTTPException) throw error;
    throw new HTTPException(400, { message: `the body is no JSON: ${(error as Error).message.slice(0, 200)}` });
  }
  const checked = form.safeParse(value);
  if (!checked.success) throw invalid(checked.error);
  return checked.data;
}
