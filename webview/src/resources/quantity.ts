// Numbers, as people read them: three digits and a unit.

const kibi = 1024;
const byteUnits = ["B", "KB", "MB", "GB", "TB"];

export function inPercent(value: number): string {
  return `${rounded(value)} %`;
}

export function inBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < byteUnits.length - 1) {
    value /= kibi;
    unit += 1;
  }
  return `${rounded(value)} ${byteUnits[unit]}`;
}

export function inMilliseconds(ms: number): string {
  return ms < 1000 ? `${rounded(ms)} ms` : `${rounded(ms / 1000)} s`;
}

export function inCount(value: number): string {
  return rounded(value);
}

export function inPerSecond(value: number): string {
  return `${rounded(value)}/s`;
}

/** `0.25`, `3.1`, `86`, `1,234` */
function rounded(value: number): string {
  const digits = value === 0 || value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString("en-US");
}

/** `14:03:07`, by the clock of who looks. */
export function clockTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString("en-GB");
}
