import { z } from "zod";
import type { LogBook } from "../log/logBook.js";
import { daemonStatus, type DaemonStatus, logTail, openPage, stopDaemon } from "../protocol/index.js";
import { none } from "./forms.js";
import { type Answer, answerTo } from "./request.js";

/** The most lines of a log that are sent at a time. */
const mostLines = 5000;

/** Segments, each as it stands in an address. */
const pagePath = z
  .string()
  .max(2000)
  .regex(/^[\w~.%-]*(\/[\w~.%-]+)*$/, "is no path of a page, such as servers or resources/SERVER");

/** What can be asked of the daemon itself. */
export interface DaemonControl {
  status(): DaemonStatus;
  /** The address of a page, which lets in one browser once. @param page the path below the pages' own */
  pageUrl(page: string): string;
  /** Begins to end, after the answer. @throws StudioError when runs go on and it is not forced. */
  stop(options: { force: boolean }): void;
}

export function daemonRequests(daemon: DaemonControl, log: LogBook): Answer[] {
  return [
    answerTo(daemonStatus, none, () => daemon.status()),
    answerTo(openPage, z.object({ page: pagePath.optional() }), ({ page = "servers" }) => ({
      url: daemon.pageUrl(page),
    })),
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
