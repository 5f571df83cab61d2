import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CorpusError, discoverDocuments } from "../../researchDesk/corpus/discoverDocuments.js";

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "corpus-")));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(...paths: string[]) {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), "text");
  }
}

async function found(...folders: string[]) {
  return (await discoverDocuments(folders.length > 0 ? folders : ["."], folder)).map((document) => document.path);
}

test("text and Markdown files are found in all folders, sorted by path", async () => {
  await write("b.txt", "a/z.markdown", "a/Read.MD", "code.ts", "README");
  expect(await found()).toEqual(["README", "a/Read.MD", "a/z.markdown", "b.txt"]);
});

test("below node_modules only README files count", async () => {
  await write(
    "node_modules/x/readme.md",
    "node_modules/x/CHANGELOG.md",
    "node_modules/@s/y/dist/README.md",
    "docs/a.md",
  );
  expect(await found()).toEqual(["docs/a.md", "node_modules/@s/y/dist/README.md", "node_modules/x/readme.md"]);
});

test("hidden folders, build output, empty files and links are left out", async () => {
  await write(".git/a.md", "dist/b.md", "kept.md");
  await writeFile(join(folder, "empty.md"), "");
  await symlink(join(folder, "kept.md"), join(folder, "link.md"));
  expect(await found()).toEqual(["kept.md"]);
});

test("a folder named twice gives its documents once", async () => {
  await write("a/one.md", "a/b/two.md");
  expect(await found("a", "a/b")).toEqual(["a/b/two.md", "a/one.md"]);
});

test("a document outside the working directory is shown with its whole path", async () => {
  await write("in/one.md", "out/two.md");
  const documents = await discoverDocuments([join(folder, "out")], join(folder, "in"));
  expect(documents.map((document) => document.path)).toEqual([join(folder, "out/two.md")]);
});

test("a folder that is missing, is a file or holds no text is refused with a sentence that says what to do", async () => {
  await write("code.ts");
  await expect(found("nowhere")).rejects.toThrow(/--docs nowhere: .* does not exist\. Name a folder/);
  await expect(found("code.ts")).rejects.toThrow(/is a file, not a folder/);
  await expect(found()).rejects.toThrow(CorpusError);
  await expect(found()).rejects.toThrow(/no documents in \.: .*--docs FOLDER/);
});
