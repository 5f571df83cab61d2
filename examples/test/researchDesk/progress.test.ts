import { expect, test } from "vitest";
import { Progress } from "../../researchDesk/terminal/progress.js";

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream };
}

const indexed = (bytes: number) => ({ kind: "indexed", documents: 1, bytes }) as const;

test("in a terminal one line shows how much is read, and it is wiped at the end", () => {
  const terminal = stream(true);
  const progress = new Progress("one process", 2000, terminal.stream);
  progress.add(indexed(1000));
  expect(terminal.written.at(-1)).toMatch(/one process {2}█{12}░{12} 50 % {2}1 kB of 2 kB {2}reading$/);
  progress.add(indexed(1000));
  expect(terminal.written.at(-1)).toMatch(/100 % .* counting words$/);
  progress[Symbol.dispose]();
  expect(terminal.written.at(-1)).toBe("\r\u001B[2K");
  expect(terminal.written.join("")).not.toContain("\n");
});

test("elsewhere a line comes with each quarter", () => {
  const file = stream(false);
  const progress = new Progress("one process", 1000, file.stream);
  for (let i = 0; i < 10; i += 1) progress.add(indexed(100));
  expect(file.written).toEqual([
    "one process: 300 bytes of 1 kB read\n",
    "one process: 500 bytes of 1 kB read\n",
    "one process: 800 bytes of 1 kB read\n",
    "one process: 1 kB of 1 kB read\n",
  ]);
});
