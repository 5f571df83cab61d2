/** `YYYY-MM-DD HH:MM:SS` by this machine's clock, as AgentScope 0.1 writes times. */
export function pythonTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}

/** The opposite; undefined when it is no such time. */
export function timeOfPython(text: string | undefined): number | undefined {
  const atMs = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(text ?? "")
    ? Date.parse((text ?? "").slice(0, 19).replace(" ", "T"))
    : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
