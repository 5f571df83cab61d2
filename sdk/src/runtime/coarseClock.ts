let now = 0;
let fresh = false;

/** `performance.now()`, read once in a turn of the event loop: exact enough for time limits of seconds. */
export function coarseNow(): number {
  if (!fresh) {
    fresh = true;
    now = performance.now();
    setImmediate(expire);
  }
  return now;
}

function expire(): void {
  fresh = false;
}
