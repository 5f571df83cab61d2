import { everything, type MemoryQuery } from "./memorySearch.js";
import type { ReadingPlace } from "./messageList.js";

/** What a page keeps while it is hidden. */
export interface MemoryPlace {
  query: MemoryQuery;
  reading: ReadingPlace;
}

/** The place that was kept, in whatever form; the end of everything where there is none. */
export function keptPlace(kept: unknown): MemoryPlace {
  const { query, reading } = (kept ?? {}) as Partial<MemoryPlace>;
  const isQuery = typeof query?.text === "string" && typeof query.role === "string";
  const isPlace = typeof reading === "object" && Number.isInteger(reading.place) && Number.isFinite(reading.offsetPx);
  return { query: isQuery ? query : everything, reading: isPlace ? reading : "end" };
}
