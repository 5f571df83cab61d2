import type { StreamEvent } from "../protocol/index.js";

/** What one subscription shows: it remembers what has changed, never the changes. */
export interface View extends Disposable {
  /**
   * The whole at first, then what has changed since the last; undefined when there is nothing to tell.
   *
   * @throws StudioError when it can't be had now; `notFound` when what it shows is gone.
   */
  next(): StreamEvent | undefined | Promise<StreamEvent | undefined>;
}

/** @param changed to be told when `next` would have something to tell */
export type OpenView = (changed: () => void) => View;
