import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { firstStatement } from "../../src/scripts/firstStatement.js";

const repository = new URL("../../../", import.meta.url);
const line = (text: string) => {
  const index = firstStatement(text);
  return index === undefined ? undefined : text.split("\n")[index];
};

describe("the first statement of a script", () => {
  test("stands behind its imports, over several lines or not, its comments and what it declares", () => {
    const script = [
      "#!/usr/bin/env node",
      '"use strict";',
      "// Says hello.",
      "/* Over",
      "await lines(); */",
      'import "./setup.js";',
      "import {",
      "  AgentBase,",
      "  Msg,",
      '} from "agentscope-distributed";',
      "interface Options {",
      "  name: string;",
      "}",
      "class Echo extends AgentBase {}",
      "",
      "/** The one. */",
      'const a = new Echo({ name: "A" }).toDist();',
      "console.log(await a(new Msg()).content);",
    ].join("\n");
    expect(line(script)).toBe('const a = new Echo({ name: "A" }).toDist();');
  });

  test("can be an import that is called", () => {
    expect(line('import { a } from "b";\nawait import("c");')).toBe('await import("c");');
    expect(line("if (x) {\n  y();\n}")).toBe("if (x) {");
    expect(line("main();")).toBe("main();");
    expect(line("main().catch((error) => console.error(error));")).toBe(
      "main().catch((error) => console.error(error));",
    );
  });

  test("is a value that the script computes with, where it goes on to do something", () => {
    expect(line("const limit = 3;\nfor (const x of y) z();")).toBe("const limit = 3;");
  });

  test("is no text in a template", () => {
    expect(line("export const text = `\nawait nothing();\n`;")).toBeUndefined();
  });

  test("is not there in a module that declares", () => {
    expect(
      line('import { a } from "b";\nconst limit = 3;\nexport class C {\n  x = a();\n}\nexport const f = () => limit;'),
    ).toBeUndefined();
    expect(line("")).toBeUndefined();
  });
});

test("the examples' scripts are known as such, and their agents' modules are not", () => {
  const folder = new URL("examples/", repository);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/node_modules|dist|test/.test(file),
  );
  const isScript = (file: string) => firstStatement(readFileSync(new URL(file, folder), "utf8")) !== undefined;
  const mains = files.filter((file) => file.endsWith("/main.ts"));
  expect(mains.length).toBeGreaterThan(5);
  expect(mains.filter((file) => !isScript(file))).toEqual([]);
  const modules = files.filter((file) => file.includes("/agents/"));
  expect(modules.length).toBeGreaterThan(5);
  expect(modules.filter(isScript)).toEqual([]);
});
