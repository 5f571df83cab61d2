import { expect, test } from "vitest";
import { inBytes, inCount, inMilliseconds, inPercent, inPerSecond } from "../../src/resources/quantity.js";

test.each([
  [inPercent(0), "0 %"],
  [inPercent(0.254), "0.25 %"],
  [inPercent(3.14), "3.1 %"],
  [inPercent(187.6), "188 %"],
  [inBytes(0), "0 B"],
  [inBytes(999), "999 B"],
  [inBytes(86 * 2 ** 20), "86 MB"],
  [inBytes(1000 * 2 ** 20), "0.98 GB"],
  [inBytes(1.5 * 2 ** 30), "1.5 GB"],
  [inMilliseconds(0.4), "0.4 ms"],
  [inMilliseconds(12.3), "12 ms"],
  [inMilliseconds(2500), "2.5 s"],
  [inCount(12_345), "12,345"],
  [inPerSecond(0.5), "0.5/s"],
])("%s is written as %s", (written, wanted) => {
  expect(written).toBe(wanted);
});
