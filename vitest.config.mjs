import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { defineConfig } from "vitest/config";

const root = dirname(fileURLToPath(import.meta.url));

/** Folders of sources, and where tsc puts their output. */
const compiled = [
  { sources: join(root, "sdk/src"), output: join(root, "sdk/dist") },
  { sources: join(root, "daemon/src"), output: join(root, "daemon/dist") },
  { sources: join(root, "extension/src"), output: join(root, "extension/dist") },
  { sources: join(root, "webview/src"), output: join(root, "webview/dist") },
  { sources: join(root, "examples"), output: join(root, "examples/dist") },
  { sources: join(root, "test"), output: join(root, "test/dist") },
];

/**
 * A test file is transformed as it is; everything that it imports from this repository is the compiled output, loaded
 * by Node itself: tests see the files that users get, and a class has one module in a test and in a child process.
 * @type {import("vitest/config").Plugin}
 */
const compiledImports = {
  name: "compiled-imports",
  enforce: "pre",
  resolveId(specifier, importer) {
    if (!importer || !specifier.startsWith(".")) return null;
    const wanted = resolve(dirname(importer), specifier);
    for (const { sources, output } of compiled) {
      if (!wanted.startsWith(sources + sep) || wanted.startsWith(output + sep)) continue;
      const id = join(output, relative(sources, wanted));
      if (existsSync(id)) return { id, external: true };
    }
    return null;
  },
};

/**
 * Vite's own transform leaves standard decorators in the code, and no Node runs those yet.
 * @type {import("vitest/config").Plugin}
 */
const standardDecorators = {
  name: "standard-decorators",
  enforce: "pre",
  async transform(code, id) {
    if (!/\.[mc]?ts$/.test(id)) return null;
    return transform(code, { loader: "ts", target: "es2022", sourcefile: id, sourcemap: "external" });
  },
};

/**
 * @param {string} name
 * @param {string[]} include
 * @param {import("vitest/config").TestProjectInlineConfiguration["test"]} [more]
 * @returns {import("vitest/config").TestProjectInlineConfiguration}
 */
function project(name, include, more) {
  return {
    oxc: false,
    plugins: [compiledImports, standardDecorators],
    test: {
      name,
      include,
      exclude: ["**/node_modules/**", "**/dist/**"],
      pool: "forks",
      server: { deps: { external: [/\/dist\//] } },
      // One of thousands of tests with real processes is starved now and then on a shared machine. `npm test` lists those
      // that passed only when they were run again, with what they failed with first: they are to be mended.
      retry: process.env.CI ? 1 : 0,
      // A daemon of the one who runs the tests has nothing to do with them.
      env: { AGENTSCOPE_STUDIO_URL: "off" },
      ...more,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      project(
        "unit",
        [
          "sdk/test/**/*.test.ts",
          "daemon/test/**/*.test.ts",
          "extension/test/**/*.test.ts",
          "webview/test/**/*.test.ts",
          "examples/test/**/*.test.ts",
          "test/bench/**/*.test.ts",
          "!**/fuzz/**",
        ],
        // Some start processes, and a machine with much to do takes its time.
        { testTimeout: 30_000, hookTimeout: 30_000 },
      ),
      project("integration", ["test/integration/**/*.test.ts"], { testTimeout: 30_000, hookTimeout: 30_000 }),
      project("daemon", ["test/daemon/**/*.test.ts"], { testTimeout: 30_000, hookTimeout: 30_000, env: {} }),
      project("chaos", ["test/chaos/**/*.test.ts"], { testTimeout: 120_000, hookTimeout: 60_000 }),
      // `gc` is asked for where memory is measured.
      project("fuzz", ["{sdk,daemon}/test/fuzz/*.test.ts"], { execArgv: ["--expose-gc"] }),
      project("webview", ["test/webview/**/*.test.ts"], {
        globalSetup: "test/webview/globalSetup.mjs",
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
      project("house", ["test/house/**/*.test.ts"]),
      project("package", ["test/package/**/*.test.ts"], { testTimeout: 240_000, hookTimeout: 240_000 }),
      // After all others, one file at a time: an editor and a browser need the machine to themselves.
      project("e2e", ["test/e2e/**/*.test.ts"], {
        globalSetup: "test/e2e/globalSetup.mjs",
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
        sequence: { groupOrder: 1 },
      }),
      project("types", [], {
        typecheck: {
          enabled: true,
          only: true,
          include: ["test/types/**/*.test-d.ts"],
          tsconfig: "test/types/tsconfig.json",
        },
      }),
    ],
  },
});
