// Bundles the VS Code extension: its own code in one file, the daemon that it starts and the pages of its views beside it. An installed
// extension has no node_modules.
//
//   node scripts/extension.mjs      when a source is newer than the bundle
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { billOfMaterials, componentsOf, readComponents } from "./billOfMaterials.mjs";
import { bundleDaemon } from "./daemonBundle.mjs";
import { licensesOf } from "./licenses.mjs";
import { prepare } from "./prepare.mjs";
import { webviewBundle } from "./webview.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
export const extensionFolder = join(root, "extension");
const output = join(extensionFolder, "dist/bundle");

/** False when it failed (why is on standard error by then). */
export async function bundleExtension() {
  if (!prepare()) return false;
  if (isCurrent()) return true;
  const { build } = await import("esbuild");
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  /** @type {import("esbuild").BuildOptions & { metafile: true }} */
  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    // Names stay: a stack trace in a person's log is to be read.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 200,
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
    metafile: true,
  };
  try {
    const extension = await build({
      ...shared,
      entryPoints: {
        extension: join(extensionFolder, "src/extension.ts"),
        languageClient: join(extensionFolder, "src/language/languageClient.ts"),
      },
      outdir: output,
      outExtension: { ".js": ".cjs" },
      plugins: [lateParts],
      format: "cjs",
      // The oldest editor's (engines.vscode).
      target: "node22",
      external: ["vscode"],
      // Modules of which those are taken that are needed: the SDK's own bundle has in one file all that agents need at a start.
      alias: { "agentscope-distributed/studio": join(root, "sdk/dist/studio.js") },
      // The SDK's entry, an ES module, asks where it stands.
      define: { "import.meta.url": "moduleUrl" },
      banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    });
    const daemon = await bundleDaemon(join(root, "daemon/dist"), join(output, "daemon"), shared);
    // The daemon's version is asked for by clients, and stands above its modules.
    const { name, version, license, type } = JSON.parse(readFileSync(join(root, "daemon/package.json"), "utf8"));
    writeFileSync(join(output, "package.json"), JSON.stringify({ name, version, license, type }));
    const inputs = [...Object.keys(extension.metafile.inputs), ...daemon].map((path) => join(root, path));
    // The SDK and the pages are bundles themselves, which say what stands in them.
    const parts = [join(root, "sdk/dist/bundle"), webviewBundle];
    const licenses = [licensesOf(inputs), ...parts.map((part) => readFileSync(join(part, "LICENSES.txt"), "utf8"))];
    const components = [
      ...componentsOf(inputs),
      ...parts.flatMap((part) => readComponents(join(part, "sbom.cdx.json"))),
    ];
    cpSync(join(root, "daemon/dist/pages/site"), join(output, "daemon/site"), { recursive: true });
    for (const page of readdirSync(webviewBundle).filter((file) => /\.(js|css)$/.test(file))) {
      cpSync(join(webviewBundle, page), join(output, "webview", page));
    }
    writeFileSync(join(output, "sbom.cdx.json"), billOfMaterials(extensionFolder, components));
    writeFileSync(join(output, "LICENSES.txt"), licenses.join("\n\n"));
    return true;
  } catch (error) {
    if (!(error instanceof Error && "errors" in error)) console.error(error);
    return false;
  }
}

/**
 * What is imported at a certain moment is a bundle of its own, which starts to count then.
 * @type {import("esbuild").Plugin}
 */
const lateParts = {
  name: "late-parts",
  setup(build) {
    build.onResolve({ filter: /\/languageClient\.js$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./languageClient.cjs", external: true } : undefined,
    );
  },
};

/** Whether the bundle is newer than all that it is made of: sources of ours, and what was installed. */
function isCurrent() {
  const made = statSync(join(output, "LICENSES.txt"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const folders = ["extension/src", "daemon/dist", "webview/dist/bundle", "sdk/dist/bundle", "scripts"].map((folder) =>
    join(root, folder),
  );
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  );
  const files = [...sources, join(root, "node_modules/.package-lock.json")];
  return existsSync(output) && files.every((path) => statSync(path).mtimeMs < made);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = (await bundleExtension()) ? 0 : 1;
}
