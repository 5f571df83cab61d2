import type { RunAnnouncement } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";

/** Texts of an announcement are shown and kept; none is longer. */
const longestText = 10_000;

/** @throws StudioError when what a script told of itself does not have the form that it should have. */
export function checkRunAnnouncement(announcement: RunAnnouncement): void {
  for (const field of ["runId", "instance", "script", "cwd", "target", "version"] as const) {
    checkText(field, announcement[field]);
  }
  for (const field of ["project", "name"] as const) {
    if (announcement[field] !== undefined) checkText(field, announcement[field]);
  }
  if (!/^\w[\w.-]{0,99}$/.test(announcement.runId)) {
    throw StudioError.invalidParams(
      "runId must be up to 100 letters, digits, dots, dashes and underscores, and not begin with a dot",
    );
  }
  if (announcement.instance === "") throw StudioError.invalidParams("instance must not be empty");
  if (!Array.isArray(announcement.args) || announcement.args.some((arg) => typeof arg !== "string")) {
    throw StudioError.invalidParams("args must be an array of strings");
  }
  for (const field of ["pid", "startedAtMs"] as const) {
    const value: unknown = announcement[field];
    if (typeof value !== "number" || !Number.isFinite(value))
      throw StudioError.invalidParams(`${field} must be a number`);
  }
}

function checkText(field: string, value: unknown): void {
  if (typeof value !== "string" || value.length > longestText) {
    throw StudioError.invalidParams(`${field} must be a string of at most ${longestText} characters`);
  }
}
