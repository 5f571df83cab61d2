/** The text that is kept already, where it is the same: text that is read twice has its bytes twice. */
export function sameText(read: string, kept: unknown): string {
  return read === kept ? kept : read;
}
