import { expect, test } from "vitest";
import { pageHtml } from "../../src/webviews/pageHtml.js";

const page = (name: string) =>
  pageHtml({
    script: "https://e.test/memory.js",
    style: "https://e.test/memory.css",
    cspSource: "https://e.test",
    title: `Memory of ${name}`,
    opened: { subject: { name }, actions: [] },
  });

test("runs one script, by a word that is another one each time, and nothing else", () => {
  const [one = "", other = ""] = [page("A"), page("A")].map((html) => /script-src 'nonce-([^']+)'/.exec(html)?.[1]);
  expect(one.length).toBeGreaterThan(20);
  expect(one).not.toBe(other);
  expect(page("A")).toContain("default-src 'none'");
  expect(page("A")).not.toContain("unsafe");
});

test("a name is text, whatever stands in it", () => {
  const html = page('"><script>alert(1)</script>');
  expect(html.match(/<script/g)).toHaveLength(1);
});
