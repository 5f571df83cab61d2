import { expect, test } from "vitest";
import { placeOf } from "../../src/resources/place.js";
import { Palette } from "../../src/resources/palette.js";

test("the view is as it was left", () => {
  const place = { lengthMs: 60_000, hidden: ["a"], isTable: true };
  expect(placeOf(JSON.parse(JSON.stringify(place)))).toEqual(place);
});

test.each([undefined, null, 5, "x", [], { lengthMs: 7, hidden: "a", isTable: 1 }])(
  "of %j, which no page kept so, it is as it is at first",
  (kept) => {
    expect(placeOf(kept)).toEqual({ lengthMs: 300_000, hidden: [], isTable: false });
  },
);

test("every server has a look of its own, which it keeps", () => {
  const palette = new Palette();
  const looks = Array.from({ length: 32 }, (_, index) => JSON.stringify(palette.of(`server ${index}`)));
  expect(new Set(looks).size).toBe(32);
  expect(JSON.stringify(palette.of("server 9"))).toBe(looks[9]);
});
