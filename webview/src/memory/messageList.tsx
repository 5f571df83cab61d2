import type { Ref } from "preact";
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "preact/hooks";
import { defaultRangeExtractor, type Range as RowRange } from "@tanstack/virtual-core";
import { highlightMatches } from "./highlightMatches.js";
import type { MemoryModel } from "./memoryModel.js";
import type { Listing } from "./memorySearch.js";
import { contentText } from "./messageContent.js";
import { MessageRow } from "./messageRow.js";
import { useVirtualizer } from "./useVirtualizer.js";

/** Where the person reads: at the end, or so far into a message of the list. */
export type ReadingPlace = "end" | { place: number; offsetPx: number };

export interface MessageListControl {
  show(place: number): void;
  toEnd(): void;
}

export interface MessageListProps {
  label: string;
  model: MemoryModel;
  listing: Listing;
  /** Marked in messages. */
  text: string;
  /** The place of the match that is looked at. */
  match: number | undefined;
  begin: ReadingPlace;
  control: Ref<MessageListControl>;
  onRead: (place: ReadingPlace) => void;
  copyText: (text: string) => Promise<void>;
}

const estimatedRowPx = 96;

export function MessageList({ label, model, listing, text, match, begin, ...props }: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  /** The message that the keyboard is at; -1: the newest that is seen. */
  const [active, setActive] = useState(-1);
  const wantsFocus = useRef(false);
  const { count } = listing;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimatedRowPx,
    getItemKey: (place) => listing.indexAt(place),
    // What has the focus stays, however far away it is: with it the keyboard's place would be gone.
    rangeExtractor: (range: RowRange) => withPlace(defaultRangeExtractor(range), active < count ? active : -1),
  });
  const rows = virtualizer.getVirtualItems();
  const lastSeen = virtualizer.range?.endIndex ?? count - 1;
  const tabbed = active >= 0 && active < count ? active : lastSeen;

  useLayoutEffect(() => {
    if (begin === "end") virtualizer.scrollToEnd();
    else {
      const [start = 0] = virtualizer.getOffsetForIndex(begin.place, "start") ?? [];
      virtualizer.scrollToOffset(start + begin.offsetPx);
    }
    // Once: from then on the list moves as the person and new messages do.
  }, [virtualizer]);

  useEffect(() => {
    const range = virtualizer.range;
    if (range) model.want(listing.indexAt(range.startIndex), listing.indexAt(range.endIndex) + 1);
  });

  const { onRead } = props;
  const first = virtualizer.range?.startIndex ?? 0;
  const isAtEnd = virtualizer.isAtEnd();
  const offsetPx = (virtualizer.scrollOffset ?? 0) - (virtualizer.measurementsCache[first]?.start ?? 0);
  useEffect(() => {
    if (virtualizer.range) onRead(isAtEnd ? "end" : { place: first, offsetPx });
  }, [isAtEnd, first, offsetPx, onRead]);

  useLayoutEffect(() => {
    if (!scroller.current) return;
    highlightMatches(scroller.current, text, match === undefined ? undefined : rowAt(scroller.current, match));
  });

  useImperativeHandle(props.control, () => ({
    show: (place) => virtualizer.scrollToIndex(place, { align: "center" }),
    toEnd: () => virtualizer.scrollToEnd(),
  }));

  useLayoutEffect(() => {
    const row = wantsFocus.current && scroller.current ? rowAt(scroller.current, active) : undefined;
    if (!row) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });

  const goTo = (place: number) => {
    const wanted = Math.max(0, Math.min(place, count - 1));
    wantsFocus.current = true;
    setActive(wanted);
    virtualizer.scrollToIndex(wanted, { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const message = model.message(listing.indexAt(tabbed));
    const moves: Record<string, number> = { ArrowUp: tabbed - 1, ArrowDown: tabbed + 1, Home: 0, End: count - 1 };
    const isOnRow = (event.target as Element).matches("article");
    const target = moves[event.key];
    if (isOnRow && target !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) goTo(target);
    else if (isOnRow && isCopy(event) && document.getSelection()?.isCollapsed !== false && message) {
      void props.copyText(contentText(message));
    } else return;
    event.preventDefault();
  };

  return (
    <div class="messages" ref={scroller}>
      <div
        class="rows"
        role="feed"
        aria-label={label}
        aria-busy={rows.some(({ index }) => !model.message(listing.indexAt(index)))}
        style={{ height: `${virtualizer.getTotalSize()}px` }}
        onKeyDown={onKeyDown}
      >
        {rows.map(({ key, index: place, start }) => {
          const message = model.message(listing.indexAt(place));
          return (
            <article
              key={key}
              class="row"
              ref={virtualizer.measureElement}
              data-index={place}
              data-match={place === match}
              aria-posinset={place + 1}
              aria-setsize={count}
              aria-label={message ? `${message.name}, ${message.role}, ${message.timestamp}` : "A message"}
              tabIndex={place === tabbed ? 0 : -1}
              style={{ transform: `translateY(${start}px)` }}
              onFocus={() => setActive(place)}
            >
              <MessageRow message={message} copyText={props.copyText} />
            </article>
          );
        })}
      </div>
    </div>
  );
}

function withPlace(places: number[], place: number): number[] {
  return place < 0 || places.includes(place) ? places : [...places, place].sort((a, b) => a - b);
}

function rowAt(list: Element, place: number): HTMLElement | undefined {
  return list.querySelector<HTMLElement>(`[data-index="${place}"]`) ?? undefined;
}

function isCopy({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === "c" && (ctrlKey || metaKey);
}
