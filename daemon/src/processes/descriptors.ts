/**
 * Whether something failed because this process, or the machine, can have no more files and connections open: later it may not. The SDK has the
 * same; a run's keeper, which needs this, starts without loading that.
 */
export function isOutOfDescriptors(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EMFILE" || code === "ENFILE";
}
