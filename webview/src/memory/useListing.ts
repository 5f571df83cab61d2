import { useEffect, useMemo, useState } from "preact/hooks";
import type { MemoryModel } from "./memoryModel.js";
import { type Listing, type MemoryQuery, MemorySearch } from "./memorySearch.js";

export interface QueriedListing extends Listing {
  /** While messages are still read in order to be searched: how many are known. */
  known: number | undefined;
  /** Why not all messages could be searched. */
  failure: string | undefined;
}

/** What a query lists and finds. It needs the whole memory, which is read for it. */
export function useListing(model: MemoryModel, query: MemoryQuery): QueriedListing {
  const [search] = useState(() => new MemorySearch());
  const [known, setKnown] = useState<number>();
  const [failure, setFailure] = useState<string>();
  const { total = 0, version } = model;
  const listing = useMemo(
    () => search.find(total, (index) => model.message(index), query),
    // The version: messages that have come meanwhile.
    [model, query, total, version],
  );
  const isNeeded = (query.text.trim() !== "" || query.role !== "") && !model.isWhole;
  useEffect(() => {
    setFailure(undefined);
    if (!isNeeded) return undefined;
    const abort = new AbortController();
    model.wantAll({ signal: abort.signal, progress: setKnown }).then(
      () => setKnown(undefined),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setKnown(undefined);
        setFailure(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      abort.abort();
      setKnown(undefined);
    };
  }, [model, isNeeded]);
  return { ...listing, known, failure };
}
