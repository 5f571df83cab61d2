import { isOutOfDescriptors } from "./descriptors.js";

let known = process.memoryUsage.rss();

/** Resident memory of this process; what it was before, where no file descriptor is left to look it up with. */
export function residentBytes(): number {
  try {
    known = process.memoryUsage.rss();
  } catch (error) {
    if (!isOutOfDescriptors(error)) throw error;
  }
  return known;
}
