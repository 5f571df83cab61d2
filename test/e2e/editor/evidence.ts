import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import type { Editor } from "./editor.js";
import type { Workbench } from "./workbench.js";

/** After a failed test: what was on the screen goes to test-results/, what the extension said to standard error. */
export function keepEvidence(now: () => { editor: Editor; window: Workbench } | undefined): void {
  // This module lies below test/dist/.
  const folder = fileURLToPath(new URL("../../../../test-results/e2e/", import.meta.url));
  afterEach(async ({ task }) => {
    const seen = now();
    if (task.result?.state !== "fail" || !seen) return;
    const name = task.name.replaceAll(/\W+/g, "-").slice(0, 80);
    await seen.window.screenshot(folder, name);
    console.error(`${folder}${name}.png\n${await seen.editor.evidence()}`);
  });
}
