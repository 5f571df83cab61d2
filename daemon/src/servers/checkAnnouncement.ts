import type { AgentChanges, ResourceSample, ServerAnnouncement } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import type { MemoryChange } from "./serverLink.js";

// What servers send is looked at before it is kept: it comes from other processes, which may have any version and any mistake.

/** The longest id, name, class or address, in characters. */
const longestText = 1000;
/** The most classes of a server, and of one notification about agents the most entries. */
const most = 1_000_000;

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= longestText;
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value >= 0;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isListOf = <T>(value: unknown, is: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.length <= most && value.every(is);
const isOneOf =
  <T extends string>(...words: T[]) =>
  (value: unknown): value is T =>
    words.some((word) => word === value);
const isOptional =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is T | undefined =>
    value === undefined || is(value);
const isFilled = (value: unknown): value is string => isText(value) && value !== "";
const isPort = (value: unknown): value is number => isCount(value) && value > 0 && value < 65_536;
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isAddress = (value: unknown): value is { host: string; port: number } =>
  isObject(value) && isFilled(value["host"]) && isPort(value["port"]);

const announcementFields: { [Field in keyof Required<ServerAnnouncement>]: (value: unknown) => boolean } = {
  serverId: isFilled,
  instance: isFilled,
  host: isFilled,
  port: isPort,
  pid: isCount,
  machine: isText,
  kind: isOneOf("child", "managed", "independent"),
  parentInstance: isOptional(isText),
  classes: (value) => isListOf(value, isText),
  access: isOneOf("open", "token", "tls"),
  token: isOptional(isText),
  workers: isCount,
  version: isText,
  startedAtMs: isNumber,
  viaStudio: isOptional(isFlag),
  relay: isOptional(isAddress),
};

/** @throws StudioError naming the field. */
export function checkAnnouncement(value: unknown): ServerAnnouncement {
  if (!isObject(value)) throw StudioError.invalidParams("server/attach: its parameter is to be an object");
  for (const [field, is] of Object.entries(announcementFields)) {
    if (!is(value[field])) throw StudioError.invalidParams(`server/attach: ${field} is missing, or can't be used`);
  }
  return value as unknown as ServerAnnouncement;
}

export function isAgentChanges(value: unknown): value is AgentChanges {
  if (!isObject(value)) return false;
  const isBrief = (item: unknown): item is AgentChanges["made"][number] => isListOf(item, isText) && item.length === 4;
  return isOptional(isFlag)(value["all"]) && isListOf(value["made"], isBrief) && isListOf(value["deleted"], isText);
}

const sampleFields = [
  "atMs",
  "cpuPercent",
  "memoryBytes",
  "eventLoopDelayMs",
  "agents",
  "running",
  "queued",
  "callsPerSecond",
] as const satisfies readonly (keyof ResourceSample)[];

export function isSample(value: unknown): value is ResourceSample {
  return isObject(value) && sampleFields.every((field) => isNumber(value[field]));
}

export function isMemoryChange(value: unknown): value is MemoryChange {
  return isObject(value) && isText(value["agentId"]) && isCount(value["total"]) && isNumber(value["generation"]);
}

export function isClassList(value: unknown): value is { classes: string[]; problems: string[] } {
  return isObject(value) && isListOf(value["classes"], isText) && isListOf(value["problems"], isText);
}
