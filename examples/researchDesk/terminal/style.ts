import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Paints text, or leaves it as it is where the output is no terminal that has colors. */
export type Paint = (format: Format, text: string) => string;

export const plain: Paint = (_format, text) => text;

export function paintFor(stream: NodeJS.WriteStream): Paint {
  return stream.isTTY && stream.hasColors() ? (format, text) => styleText(format, text) : plain;
}

/** The columns to write for: readable on a wide screen, whole on a narrow one. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return Math.max(60, Math.min(stream.columns ?? 100, 110));
}
