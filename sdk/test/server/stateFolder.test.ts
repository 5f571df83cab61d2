import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sweepStates } from "../../src/server/stateFolder.js";

it("states that nobody has touched for a week are deleted, others are not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "states-"));
  try {
    for (const name of ["old", "new"]) writeFileSync(join(folder, name), "");
    const eightDaysAgo = Date.now() / 1000 - 8 * 24 * 3600;
    utimesSync(join(folder, "old"), eightDaysAgo, eightDaysAgo);
    await sweepStates(folder);
    expect(readdirSync(folder)).toEqual(["new"]);
    await expect(sweepStates(join(folder, "none"))).resolves.toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
