import { expect, test } from "vitest";
import { agentClasses } from "../../src/scripts/agentClasses.js";

test("agent classes are known by what they extend, with the line of their declaration", () => {
  const text = [
    'import { AgentBase, agent } from "agentscope-distributed";',
    "",
    "/* class Old extends AgentBase {} */",
    "// class Older extends AgentBase {}",
    "@agent",
    "export class Reader extends AgentBase<ReaderConfig> {",
    "}",
    "class Quick<T> extends Reader {}",
    "export default class Judge",
    "  extends sdk.DialogAgent {}",
    "abstract class Base extends AgentBase {}",
    "class Own extends Base {}",
    "class Other extends Array {}",
    "const no = class extends AgentBase {};",
  ].join("\n");
  expect(agentClasses(text)).toEqual([
    { name: "Reader", line: 5 },
    { name: "Quick", line: 7 },
    { name: "Judge", line: 8 },
    { name: "Own", line: 11 },
  ]);
});
