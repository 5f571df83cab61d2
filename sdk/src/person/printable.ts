import { stripVTControlCharacters } from "node:util";

/** What was received as text that only shows: what an agent says must not move the cursor or set the window's title. */
export function printable(received: unknown): string {
  return stripVTControlCharacters(String(received))
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[^\P{Cc}\n\t]/gu, "");
}
