import { clockTime } from "./quantity.js";
import { bounds, held, lengths, live, type TimeWindow } from "./timeWindow.js";

export interface TimeControlsProps {
  window: TimeWindow;
  isTable: boolean;
  onWindow: (window: TimeWindow) => void;
  onTable: (isTable: boolean) => void;
}

/** How long a time is shown, whether it moves on, and in which form. */
export function TimeControls({ window, isTable, onWindow, onTable }: TimeControlsProps) {
  const isLive = window.kind === "live";
  return (
    <div class="time-controls">
      <span class="time-shown" role="status">
        {isLive ? <span class="live">live</span> : heldText(window)}
      </span>
      <button type="button" class="tool" onClick={() => onWindow(isLive ? held(window, Date.now()) : live(window))}>
        <PlayMark isPlaying={isLive} />
        {isLive ? "Pause" : "Resume"}
      </button>
      <div class="lengths" role="group" aria-label="Time that is shown">
        {lengths.map(({ ms, text, explanation }) => (
          <button
            key={ms}
            type="button"
            class="tool"
            aria-pressed={isLive && window.lengthMs === ms}
            title={explanation}
            onClick={() => onWindow({ kind: "live", lengthMs: ms })}
          >
            {text}
          </button>
        ))}
      </div>
      <button type="button" class="tool" aria-pressed={isTable} onClick={() => onTable(!isTable)}>
        Table
      </button>
    </div>
  );
}

function heldText(window: TimeWindow): string {
  const { fromMs, toMs } = bounds(window, 0);
  return `${clockTime(fromMs)} – ${clockTime(toMs)}`;
}

function PlayMark({ isPlaying }: { isPlaying: boolean }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={isPlaying ? "M4.5 3.5h2v9h-2zM9.5 3.5h2v9h-2z" : "M5 3.2v9.6l7.5-4.8z"} />
    </svg>
  );
}
