import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Validator } from "@cfworker/json-schema";
import { describe, expect, test } from "vitest";
import { modelConfigsJsonSchema, modelTypes } from "../../src/models/modelConfigSchema.js";
import { readModelConfigs } from "../../src/models/modelConfigs.js";

const folder = fileURLToPath(new URL("../../../docs/models/", import.meta.url));
const pages = readdirSync(folder);
const schema = new Validator(modelConfigsJsonSchema(), "7");

/** The configs of a page. */
function configsOf(page: string): Record<string, unknown>[] {
  const blocks = readFileSync(`${folder}${page}`, "utf8").matchAll(/^```json\n(.*?)^```$/gms);
  return [...blocks]
    .flatMap(([, text = ""]): Record<string, unknown>[] => [JSON.parse(text)].flat() as Record<string, unknown>[])
    .filter((block) => "config_name" in block);
}

describe("the pages on models", () => {
  test.each(pages)("%s has configs that can be read, by the checks and by the schema for editors", (page) => {
    for (const config of configsOf(page)) {
      expect(readModelConfigs(config)).toEqual([config]);
      expect(schema.validate(config)).toMatchObject({ valid: true });
      expect(schema.validate({ ...config, temprature: 1 })).toMatchObject({ valid: false });
    }
  });

  test("show a config of each kind", () => {
    const shown = pages.flatMap(configsOf).map((config) => config["model_type"]);
    expect(modelTypes().filter((type) => !shown.includes(type))).toEqual([]);
  });

  test("link to pages that there are", () => {
    for (const page of pages) {
      const links = [...readFileSync(`${folder}${page}`, "utf8").matchAll(/\]\(([\w-]+\.md)\)/g)].map(
        ([, link]) => link,
      );
      expect(pages).toEqual(expect.arrayContaining(links));
    }
  });
});
