import { type Browser, chromium } from "playwright-core";
import { neededPages } from "./installedPages.js";

const browserArguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];

export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: neededPages().chromium, args: browserArguments });
}
