import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folders = ["docs", "sdk", "daemon", "extension", "examples"];
const documents = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...folders.flatMap(markdownIn)];

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith(".md") && !/[\\/](dist|node_modules|fixtures)[\\/]/.test(path));
}

describe.each(documents)("%s", (document) => {
  const text = readFileSync(join(root, document), "utf8").replaceAll(/^```[^]*?^```/gm, "");

  // A changelog has the same headings in each version.
  test.skipIf(document.endsWith("CHANGELOG.md"))("has no heading twice", () => {
    const headings = text.split("\n").filter((line) => /^#+ /.test(line));
    expect(headings.filter((heading, index) => headings.indexOf(heading) !== index)).toEqual([]);
  });

  test("has no paragraph twice", () => {
    const paragraphs = text.split(/\n{2,}/).filter((paragraph) => paragraph.length > 100);
    expect(paragraphs.filter((paragraph, index) => paragraphs.indexOf(paragraph) !== index)).toEqual([]);
  });

  test("leads to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|command:|mailto:)([^)#\s]+)/g)].map(([, path]) => path ?? "");
    expect(links.filter((path) => !existsSync(join(root, dirname(document), path)))).toEqual([]);
  });
});
