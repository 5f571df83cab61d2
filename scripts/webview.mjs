// Bundles the pages of webview/: for each a script and a style sheet, which the extension and the daemon ship. Those for a browser are put
// into the compiled daemon, with their documents.
//
//   node scripts/webview.mjs      when a source is newer than the bundle
import { cpSync, existsSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { billOfMaterials, componentsOf } from "./billOfMaterials.mjs";
import { licensesOf } from "./licenses.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "webview/src");
/** Of every page `NAME.js` and `NAME.css`; and `LICENSES.txt` of what stands in them. */
export const webviewBundle = join(root, "webview/dist/bundle");
/** Where daemon/src/pages/pageFiles.ts finds them. */
const site = join(root, "daemon/dist/pages/site");
const sitePages = ["entry", "studio"];
/** What a site is made of beside its bundles. */
const siteFiles = [
  ...sitePages.map((page) => join(sources, "studio", `${page}.html`)),
  join(root, "extension/media/icon.svg"),
];
const largestScriptBytes = 512 * 1024;

/** False when it failed (why is on standard error by then). */
async function bundleWebview() {
  const { build } = await import("esbuild");
  rmSync(webviewBundle, { recursive: true, force: true });
  const pages = readdirSync(join(sources, "pages")).map((file) => join(sources, "pages", file));
  try {
    const { metafile } = await build({
      entryPoints: pages,
      absWorkingDir: root,
      outdir: webviewBundle,
      bundle: true,
      minify: true,
      format: "iife",
      platform: "browser",
      // The oldest editor's, and what browsers have had for two years.
      target: ["chrome128", "firefox128", "safari17.4"],
      // Of the SDK the daemon's protocol needs a few constants; the rest of its entry is for Node.
      alias: { "agentscope-distributed/studio": join(root, "sdk/dist/studio/protocol.js") },
      define: { "process.env.NODE_ENV": '"production"' },
      legalComments: "none",
      logLevel: "warning",
      metafile: true,
    });
    for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
      if (bytes > largestScriptBytes) throw new Error(`${path} has ${bytes} bytes, more than ${largestScriptBytes}.`);
    }
    const inputs = Object.keys(metafile.inputs).map((path) => join(root, path));
    writeFileSync(join(webviewBundle, "sbom.cdx.json"), billOfMaterials(join(root, "webview"), componentsOf(inputs)));
    writeFileSync(join(webviewBundle, "LICENSES.txt"), licensesOf(inputs));
    makeSite();
    return true;
  } catch (error) {
    rmSync(webviewBundle, { recursive: true, force: true });
    if (!(error instanceof Error && "errors" in error)) console.error(error);
    return false;
  }
}

function makeSite() {
  rmSync(site, { recursive: true, force: true });
  for (const page of sitePages) {
    for (const ending of ["js", "css"]) {
      cpSync(join(webviewBundle, `${page}.${ending}`), join(site, `${page}.${ending}`));
      // The daemon's, and no panel's.
      rmSync(join(webviewBundle, `${page}.${ending}`));
    }
  }
  const told = ["LICENSES.txt", "sbom.cdx.json"].map((file) => join(webviewBundle, file));
  for (const file of [...siteFiles, ...told]) cpSync(file, join(site, basename(file)));
}

/** Whether the bundle is newer than all that it is made of; true also where the daemon, which it is made of, was not compiled. */
export function webviewIsCurrent() {
  if (!existsSync(join(root, "daemon/dist/protocol/index.js"))) return true;
  const made = statSync(join(webviewBundle, "LICENSES.txt"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const folders = [sources, join(root, "daemon/dist/protocol"), join(root, "sdk/dist/studio")];
  const files = [
    ...folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
    ),
    ...siteFiles,
    join(root, "scripts", basename(fileURLToPath(import.meta.url))),
    join(root, "node_modules/.package-lock.json"),
  ];
  return existsSync(webviewBundle) && existsSync(site) && files.every((path) => statSync(path).mtimeMs < made);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = (await bundleWebview()) ? 0 : 1;
}
