import { z } from "zod";
import { id } from "../clients/forms.js";
import type { LogBook } from "../log/logBook.js";
import type { Runs } from "../runs/runs.js";
import type { Route } from "./app.js";
import { bodyOf } from "./body.js";
import { timeOfPython } from "./pythonTime.js";

const text = z.string().max(10_000);
const registration = z.object({
  // It names a folder.
  run_id: id.regex(/^\w[\w.-]{0,99}$/),
  project: text.nullish(),
  name: text.nullish(),
  timestamp: text.nullish(),
  run_dir: text.nullish(),
  pid: z.int().positive().nullish(),
});
const message = z.object({ run_id: id, name: text, content: z.unknown() });

/** What AgentScope Studio answers for scripts of AgentScope 0.1. */
export function studioRunRoutes(runs: Runs, log: LogBook): Route[] {
  return [
    {
      method: "POST",
      path: "/api/runs/register",
      answer: async (context) => {
        const { run_id: runId, project, name, timestamp, run_dir: folder, pid } = await bodyOf(context, registration);
        runs.register({
          ...{ runId, project: project ?? "", name: name ?? runId, cwd: folder ?? "" },
          ...(pid != null && { pid }),
          startedAtMs: timeOfPython(timestamp ?? undefined) ?? Date.now(),
        });
        return context.json({ status: "ok" });
      },
    },
    {
      method: "POST",
      path: "/api/messages/push",
      answer: async (context) => {
        const { run_id: runId, name, content } = await bodyOf(context, message);
        const said = typeof content === "string" ? content : JSON.stringify(content);
        log.write("info", runs.row(runId).runId, `${name}: ${said}`);
        return context.json({ status: "ok" });
      },
    },
  ];
}
