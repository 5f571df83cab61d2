import { useEffect, useState } from "preact/hooks";

/** The time, once a second while something is timed by it. */
export function useNow(isTiming: boolean): number {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isTiming) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isTiming]);
  return nowMs;
}
