// Bundles the SDK's entries, so that a server process starts in half the time: what it loads stands in a few files instead of
// some two hundred. The entries share their chunks: a class has one module in a user's code, a worker and the SDK.
//
//   node scripts/bundle.mjs      when a source is newer than the bundle
import { readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { billOfMaterials, componentsOf } from "./billOfMaterials.mjs";
import { licensesOf } from "./licenses.mjs";
import { startChunk } from "./startChunk.mjs";

const sdk = fileURLToPath(new URL("../sdk/", import.meta.url));
const output = join(sdk, "dist/bundle");

/** Each is found by its name in one folder, by the entries that start it. */
const entries = [
  "src/index.ts",
  "src/studio.ts",
  "src/bin/asServer.ts",
  "src/launch/serverEntry.ts",
  "src/server/worker.ts",
  "src/server/typescriptHooks.ts",
];

/** What these load at once stands in one file: they are what scripts and servers wait for. */
const starters = ["src/index.ts", "src/launch/serverEntry.ts", "src/server/worker.ts"];

/** These are to load what they need alone: in a thread of Node's own, and in daemons, which have no agents. */
const apart = ["src/server/typescriptHooks.ts", "src/studio.ts"];

/** Needed by every server at once, and made of many files; other packages are loaded from where they are installed. */
const inlined = ["@grpc/grpc-js", "msgpackr"];

/** A third of grpc-js's code: what it loads for a service that shows its channels, which nobody here asks for. */
const unused = "@grpc/proto-loader";

/** @param {string} path */
const inSdk = (path) => join(sdk, path);

/** False when it failed (why is on standard error by then). */
async function bundle() {
  const { build } = await import("esbuild");
  rmSync(output, { recursive: true, force: true });
  try {
    const oneChunk = await startChunk(options, { starters: starters.map(inSdk), apart: apart.map(inSdk) });
    const { metafile } = await build({ ...options, plugins: [oneChunk, installedPackages] });
    for (const file of readdirSync(output)) if (file.endsWith(".map")) leaveOutPackages(join(output, file));
    const inputs = Object.keys(metafile.inputs).map((path) => join(sdk, "..", path));
    writeFileSync(join(output, "sbom.cdx.json"), billOfMaterials(sdk, componentsOf(inputs)));
    writeFileSync(join(output, "LICENSES.txt"), licensesOf(inputs));
    return true;
  } catch {
    return false;
  }
}

/**
 * Sources of packages are not packed: a debugger need not look for them.
 * @param {string} file a source map.
 */
function leaveOutPackages(file) {
  const map = JSON.parse(readFileSync(file, "utf8"));
  const sourcesContent = map.sources.map((/** @type {string} */ path) => (path.startsWith("../../src/") ? null : ""));
  writeFileSync(file, JSON.stringify({ ...map, sourcesContent }));
}

/** @type {import("esbuild").Plugin} */
const installedPackages = {
  name: "installed-packages",
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (kind === "entry-point" || path.startsWith("node:")) return undefined;
      const isOurs = importer.startsWith(join(sdk, "src"));
      const isInlined = inlined.some((name) => path === name || path.startsWith(`${name}/`));
      return (isOurs && !isInlined) || path === unused ? { path, external: true } : undefined;
    });
  },
};

/** @satisfies {import("esbuild").BuildOptions} */
const options = {
  entryPoints: entries.map(inSdk),
  absWorkingDir: join(sdk, ".."),
  outdir: output,
  entryNames: "[name]",
  // Beside the entries: code in them finds an entry by `./worker.js`.
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
  // grpc-js is CommonJS and requires Node's own modules.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
  plugins: [installedPackages],
  metafile: true,
};

/** Whether the bundle is newer than all that it is made of. */
export function bundleIsCurrent() {
  const made = statSync(join(output, "index.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(sdk, "src"), { recursive: true, encoding: "utf8" });
  const inputs = [
    ...sources.map((path) => join(sdk, "src", path)),
    ...["bundle.mjs", "startChunk.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url))),
    join(sdk, "package.json"),
  ];
  return inputs.every((path) => statSync(path).mtimeMs < made);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = bundleIsCurrent() || (await bundle()) ? 0 : 1;
}
