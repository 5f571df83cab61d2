import { inject } from "vitest";

/** What test/e2e/globalSetup.mjs has made ready. */
interface InstalledEditor {
  /** The Node that runs VS Code. */
  node: string;
  /** The script that starts it. */
  entry: string;
  /** The folder into which the packaged extension was installed. */
  extensions: string;
  chromium: string;
}

declare module "vitest" {
  interface ProvidedContext {
    editor: InstalledEditor | { unavailable: string };
  }
}

const installedEditor = (): InstalledEditor | { unavailable: string } => inject("editor");

/** @throws Error where it could not be installed. */
export function neededEditor(): InstalledEditor {
  const installed = installedEditor();
  if ("unavailable" in installed) throw new Error(installed.unavailable);
  return installed;
}

/** False where it can't be installed, which was told at the beginning of the run: tests that need it are skipped there. */
export const hasEditor = (): boolean => !("unavailable" in installedEditor());
