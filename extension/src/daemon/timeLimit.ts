/**
 * What a promise gives, unless that takes too long.
 *
 * @param options `failure` makes what is thrown when `timeoutMs` have passed.
 */
export async function timeLimit<T>(
  promise: Promise<T>,
  { timeoutMs, failure }: { timeoutMs: number; failure: () => Error },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure()), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
