// Bundles the daemon: the programs that it is made of, in a few files, with the WebAssembly of its packages beside them.
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { packageFolders } from "./licenses.mjs";

const main = "bin/asStudio.js";

/** What the SDK loads for models, tools and traces of agents, when one needs it: no agent lives in the daemon. */
const leftOut = [
  "@ai-sdk/anthropic",
  "@ai-sdk/google",
  "@ai-sdk/openai",
  "@ai-sdk/openai-compatible",
  "@modelcontextprotocol/sdk",
  "@opentelemetry/api",
  "@opentelemetry/sdk-node",
  "esbuild",
  "msgpackr-extract",
  "wink-eng-lite-web-model",
  "wink-nlp",
];

/** Programs that the daemon starts, by the address that its sources use. */
const programAddress = /new URL\("\.\/([^"]+\.js)", import\.meta\.url\)/g;
/** A package that is loaded at a certain moment. */
const lateRequire = /createRequire\(import\.meta\.url\)\(("[^"]+")\)/g;
/** That of the SDK's bundle (bundle.mjs): what it requires is bundled here. */
const ownRequire = "const require = requireOf(import.meta.url);";

/**
 * @param {string} compiled the folder of the compiled daemon.
 * @param {string} output
 * @param {import("esbuild").BuildOptions} options shared with other bundles.
 * @returns {Promise<string[]>} the files that it is made of, relative to the working directory of the options.
 */
export async function bundleDaemon(compiled, output, options) {
  const { build } = await import("esbuild");
  const programs = programsOf(compiled);
  const ours = [compiled, join(compiled, "../../sdk/dist/bundle")];
  const { metafile } = await build({
    ...options,
    entryPoints: { asStudio: join(compiled, main), ...programs },
    outdir: output,
    format: "esm",
    // So that what is loaded late is loaded late. Beside the entries: their code finds files from where it stands.
    splitting: true,
    chunkNames: "[name]-[hash]",
    target: "node20.19",
    // Some packages are a kind of CommonJS otherwise whose requires no bundler can follow.
    mainFields: ["module", "main"],
    // CommonJS packages require Node's own modules, and look for their files where they stand.
    banner: {
      js: [
        'import { createRequire as bundleRequireOf } from "node:module";',
        'import { dirname as bundleFolderOf } from "node:path";',
        'import { fileURLToPath as bundlePathOf } from "node:url";',
        "const require = bundleRequireOf(import.meta.url);",
        "const __filename = bundlePathOf(import.meta.url);",
        "const __dirname = bundleFolderOf(__filename);",
      ].join(""),
    },
    external: leftOut,
    plugins: [
      {
        name: "late-requires",
        setup(esbuild) {
          esbuild.onLoad({ filter: /\.js$/ }, ({ path }) => {
            if (!ours.some((folder) => path.startsWith(folder + sep))) return undefined;
            const code = readFileSync(path, "utf8").replace(ownRequire, "");
            return { contents: code.replaceAll(lateRequire, "require($1)"), loader: "js" };
          });
        },
      },
    ],
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  copyWebAssembly(
    inputs.map((path) => join(options.absWorkingDir ?? ".", path)),
    output,
  );
  return inputs;
}

/**
 * Each keeps the place that it has for the source that names it, since all of those stand in the bundle's folder now.
 * @param {string} compiled
 * @returns {Record<string, string>} sources by the name of the bundled file.
 */
function programsOf(compiled) {
  /** @type {Record<string, string>} */
  const programs = {};
  for (const path of readdirSync(compiled, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".js")) continue;
    for (const [, address = ""] of readFileSync(join(compiled, path), "utf8").matchAll(programAddress)) {
      const source = join(compiled, dirname(path), address);
      const name = address.replace(/\.js$/, "");
      if (programs[name] && programs[name] !== source) {
        throw new Error(`two programs of the daemon are called ${name}: ${relative(compiled, source)} is one of them`);
      }
      programs[name] = source;
    }
  }
  return programs;
}

/**
 * Packages load it from beside the module that they think they are.
 * @param {string[]} inputs @param {string} output
 */
function copyWebAssembly(inputs, output) {
  for (const folder of packageFolders(inputs)) {
    for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const isUsed = path.endsWith(".wasm") && inputs.some((input) => dirname(input) === dirname(join(folder, path)));
      if (isUsed) copyFileSync(join(folder, path), join(output, basename(path)));
    }
  }
}
