import { inject } from "vitest";

/** What test/webview/globalSetup.mjs has made ready. */
type InstalledPages = { folder: string } & ({ chromium: string } | { unavailable: string });

declare module "vitest" {
  interface ProvidedContext {
    pages: InstalledPages;
  }
}

/** The bundles' folder, and the browser. @throws Error where there is none. */
export function neededPages(): { folder: string; chromium: string } {
  const pages = inject("pages");
  if ("unavailable" in pages) throw new Error(pages.unavailable);
  return pages;
}

/** False where there is no browser, which was told at the beginning of the run: tests that need it are skipped there. */
export const hasBrowser = (): boolean => !("unavailable" in inject("pages"));
