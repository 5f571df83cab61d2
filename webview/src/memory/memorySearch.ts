import type { MessageRecord } from "agentscope-distributed-daemon/protocol";
import { shownText } from "./messageContent.js";

/** What is looked for; an empty part: everything. */
export interface MemoryQuery {
  text: string;
  role: string;
}

/** The messages that are listed, each at a place, and those of them that were looked for. */
export interface Listing {
  count: number;
  /** Which message of the memory stands at a place. */
  indexAt: (place: number) => number;
  /** The places of those with the text, in order; empty when none is looked for. */
  found: number[];
}

export const everything: MemoryQuery = { text: "", role: "" };

/** Finds messages, again and again while they come: the text of each is put together once. */
export class MemorySearch {
  private readonly texts = new WeakMap<MessageRecord, string>();

  find(total: number, messageAt: (index: number) => MessageRecord | undefined, query: MemoryQuery): Listing {
    const text = query.text.trim().toLowerCase();
    const { role } = query;
    if (text === "" && role === "") return { count: total, indexAt: (place) => place, found: [] };
    const listed: number[] = [];
    const found: number[] = [];
    for (let index = 0; index < total; index++) {
      const message = messageAt(index);
      if (role !== "" && message?.role !== role) continue;
      if (text !== "" && message && this.textOf(message).includes(text)) found.push(listed.length);
      listed.push(index);
    }
    return { count: listed.length, indexAt: (place) => listed[place] ?? 0, found };
  }

  private textOf(message: MessageRecord): string {
    let text = this.texts.get(message);
    if (text === undefined) {
      text = shownText(message).toLowerCase();
      this.texts.set(message, text);
    }
    return text;
  }
}

/**
 * The place of a match, seen from another place.
 *
 * @param from -1: before the first.
 * @returns undefined when nothing was found; behind the last match comes the first one, and the other way round.
 */
export function matchFrom(found: readonly number[], from: number, direction: "next" | "previous"): number | undefined {
  if (direction === "next") return found.find((place) => place > from) ?? found[0];
  return found.findLast((place) => place < from) ?? found.at(-1);
}
