// Once for all tests of pages: the bundles, and a browser that shows them.
import { commandPath, needCommands } from "../../scripts/debianPackages.mjs";
import { prepare } from "../../scripts/prepare.mjs";
import { webviewBundle } from "../../scripts/webview.mjs";

/** @param {import("vitest/node").TestProject} project */
export function setup(project) {
  if (!prepare()) throw new Error("The pages could not be bundled; why stands above.");
  project.provide("pages", { folder: webviewBundle, ...browser() });
}

/** Where there is none, a person's tests go on without it; CI does not. */
function browser() {
  try {
    needCommands({ chromium: "chromium" });
    const chromium = commandPath("chromium");
    if (!chromium) throw new Error("chromium was installed and is not on the PATH");
    return { chromium };
  } catch (error) {
    if (process.env.CI) throw error;
    const unavailable = error instanceof Error ? error.message : String(error);
    console.error(`The tests of pages are skipped: ${unavailable}`);
    return { unavailable };
  }
}
