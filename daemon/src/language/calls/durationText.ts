/** A time as a person reads it: `0.8 s`, `12 s`, `3 min 5 s`; below a tenth of a second `12 ms`, `< 1 ms`. */
export function durationText(ms: number): string {
  if (ms < 1) return "< 1 ms";
  if (ms < 95) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
