// Bundles the pages of webview/: for each a script and a style sheet, which the extension and the daemon ship.
//
//   node scripts/webview.mjs      when a source is newer than the bundle
import { existsSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { billOfMaterials, componentsOf } from "./billOfMaterials.mjs";
import { licensesOf } from "./licenses.mjs";
import { prepare } from "./prepare.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "webview/src");
/** Of every page `NAME.js` and `NAME.css`; and `LICENSES.txt` of what stands in them. */
export const webviewBundle = join(root, "webview/dist/bundle");
const largestScriptBytes = 400 * 1024;

/** False when it failed (why is on standard error by then). */
export async function bundleWebview() {
  if (!prepare()) return false;
  if (isCurrent()) return true;
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
    return true;
  } catch (error) {
    rmSync(webviewBundle, { recursive: true, force: true });
    if (!(error instanceof Error && "errors" in error)) console.error(error);
    return false;
  }
}

/** Whether the bundle is newer than all that it is made of. */
function isCurrent() {
  const made = statSync(join(webviewBundle, "LICENSES.txt"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const folders = [sources, join(root, "daemon/dist/protocol"), join(root, "sdk/dist/studio")];
  const files = [
    ...folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
    ),
    join(root, "scripts", basename(fileURLToPath(import.meta.url))),
    join(root, "node_modules/.package-lock.json"),
  ];
  return existsSync(webviewBundle) && files.every((path) => statSync(path).mtimeMs < made);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = (await bundleWebview()) ? 0 : 1;
}
