import { z } from "zod";
import type { LogBook } from "../log/logBook.js";
import { daemonStatus, type DaemonStatus, logTail, stopDaemon } from "../protocol/index.js";
import { none } from "./forms.js";
import { type Answer, answerTo } from "./request.js";

/** The most lines of a log that are sent at a time. */
const mostLines = 5000;

/** What can be asked of the daemon itself. */
export interface DaemonControl {
  status(): DaemonStatus;
  /** Begins to end, after the answer. @throws StudioError when runs go on and it is not forced. */
  stop(options: { force: boolean }): void;
}

export function daemonRequests(daemon: DaemonControl, log: LogBook): Answer[] {
  return [
    answerTo(daemonStatus, none, () => daemon.status()),
    answerTo(stopDaemon, z.object({ force: z.boolean().optional() }), ({ force }) => {
      daemon.stop({ force: force === true });
      return {};
    }),
    answerTo(
      logTail,
      z.object({ source: z.string().optional(), limit: z.int().positive().max(mostLines) }),
      ({ source, limit }) => log.tail(source, limit),
    ),
  ];
}
