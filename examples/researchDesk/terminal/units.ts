export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} bytes`;
  return count < 999_500 ? `${Math.round(count / 1000)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

export function plural(count: number, one: string): string {
  return `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
}
