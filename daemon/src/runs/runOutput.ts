import { closeSync, openSync, readSync } from "node:fs";
import { isOutOfDescriptors } from "../processes/descriptors.js";
import { type Segment, segmentsOf } from "./keeper/outputSegments.js";

export interface OutputPage {
  text: string;
  /** Where the next page begins, in bytes of all that was written. */
  end: number;
  /** How much was written. */
  total: number;
}

/**
 * What a run wrote, from a byte on. Of what is not kept any more, a line tells how much it was.
 *
 * @param limit the most bytes; a character is never cut in two.
 * @throws Error when no descriptor is left to read it.
 */
export function readOutput(folder: string, offset: number, limit: number): OutputPage {
  const segments = segmentsOf(folder);
  const total = outputEnd(segments);
  const begin = segments[0]?.begin ?? 0;
  const from = Math.max(offset, begin);
  const note = from > offset ? `… ${from - offset} bytes of output are not kept …\n` : "";
  const bytes = wholeCharacters(readBytes(segments, from, limit));
  return { text: note + bytes.toString("utf8"), end: Math.max(from + bytes.length, Math.min(offset, total)), total };
}

/** The end of what a run wrote. */
export function lastOutput(folder: string, bytes = 8192): string {
  return readOutput(folder, Math.max(0, outputEnd(segmentsOf(folder)) - bytes), bytes).text;
}

/** How much a run wrote, in bytes. */
function outputEnd(segments: Segment[]): number {
  const last = segments.at(-1);
  return last === undefined ? 0 : last.begin + last.size;
}

function readBytes(segments: Segment[], from: number, limit: number): Buffer {
  const parts: Buffer[] = [];
  let left = limit;
  let at = from;
  for (const { path, begin, size } of segments) {
    if (begin + size <= at || left <= 0) continue;
    const part = readPart(path, at - begin, Math.min(left, begin + size - at));
    if (part.length === 0) break;
    parts.push(part);
    at += part.length;
    left -= part.length;
  }
  return Buffer.concat(parts);
}

function readPart(path: string, position: number, length: number): Buffer {
  try {
    const file = openSync(path, "r");
    try {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(file, buffer, 0, length, position));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    // It was the oldest, and is not kept any more.
    return Buffer.alloc(0);
  }
}

/** Without the beginning of a last character whose rest is not here yet, unless that is all: its rest may never come. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte < 0b1100_0000 ? 1 : byte < 0b1110_0000 ? 2 : byte < 0b1111_0000 ? 3 : 4;
    return length > back && bytes.length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
