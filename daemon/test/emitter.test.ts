import { expect, test } from "vitest";
import { Emitter } from "../src/emitter.js";

test("each listener is told until it is removed by what it was given", () => {
  const emitter = new Emitter<number>();
  const heard: string[] = [];
  const hear = (value: number) => void heard.push(`a${value}`);
  const removeFirst = emitter.on(hear);
  emitter.on(hear);
  emitter.emit(1);
  removeFirst();
  emitter.emit(2);
  expect(heard).toEqual(["a1", "a1", "a2"]);
});

test("a listener that an earlier one removes is not told any more", () => {
  const emitter = new Emitter<void>();
  const heard: string[] = [];
  emitter.on(() => removeSecond());
  const removeSecond = emitter.on(() => heard.push("second"));
  emitter.emit();
  expect({ heard, isHeard: emitter.isHeard }).toEqual({ heard: [], isHeard: true });
});
