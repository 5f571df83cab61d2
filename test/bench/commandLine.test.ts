import { describe, expect, test } from "vitest";
import { parseCommandLine } from "./commandLine.js";

const known = ["latency", "throughput"];

describe("the bench's command line", () => {
  test("without arguments asks for everything", () => {
    expect(parseCommandLine([], known)).toEqual({ names: [], json: false, markdown: false, quick: false, help: false });
  });

  test("takes names and options in any order, and each name once", () => {
    expect(parseCommandLine(["latency", "--quick", "throughput", "latency", "--json"], known)).toEqual({
      names: ["latency", "throughput"],
      json: true,
      markdown: false,
      quick: true,
      help: false,
    });
  });

  test("names the benches when one is not known", () => {
    expect(() => parseCommandLine(["speed"], known)).toThrow("no bench is called speed; there are latency, throughput");
  });

  test("names the options when one is not known", () => {
    expect(() => parseCommandLine(["--fast"], known)).toThrow("unknown option --fast");
  });
});
