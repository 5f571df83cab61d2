export interface PagerProps {
  total: number;
  offset: number;
  size: number;
  onOffset: (offset: number) => void;
}

/** Nothing, where one page holds all. */
export function Pager({ total, offset, size, onOffset }: PagerProps) {
  if (total <= size && offset === 0) return null;
  const last = Math.min(offset + size, total);
  return (
    <span class="pager">
      <button type="button" class="tool" disabled={offset === 0} onClick={() => onOffset(Math.max(0, offset - size))}>
        Previous
      </button>
      <span class="quiet">
        {(offset + 1).toLocaleString("en-US")} – {last.toLocaleString("en-US")} of {total.toLocaleString("en-US")}
      </span>
      <button type="button" class="tool" disabled={last >= total} onClick={() => onOffset(offset + size)}>
        Next
      </button>
    </span>
  );
}
