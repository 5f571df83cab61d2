import { isOutOfDescriptors } from "./descriptors.js";

let known = process.memoryUsage.rss();

/** The memory of this process that is in use; what it was before, where no descriptor is left to look it up with. */
export function residentBytes(): number {
  try {
    known = process.memoryUsage.rss();
  } catch (error) {
    if (!isOutOfDescriptors(error)) throw error;
  }
  return known;
}
