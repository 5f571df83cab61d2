import type { LineStyle } from "./palette.js";

/** A piece of a server's line, as the charts have it. */
export function LineMark({ style }: { style: LineStyle }) {
  return (
    <svg class="line-mark" viewBox="0 0 18 8" aria-hidden="true" focusable="false">
      <line
        x1="1"
        x2="17"
        y1="4"
        y2="4"
        stroke-width="2.5"
        stroke-linecap="round"
        stroke-dasharray={style.dash.join(" ")}
        style={{ stroke: `var(${style.property})` }}
      />
    </svg>
  );
}
