import type { ShellAction } from "agentscope-distributed-webview/shell";
import type { Allowed } from "./relay.js";

/** A kind of view in the editor area, about subjects: one panel for each. */
export interface ViewKind<Subject> {
  /** The name of the page's bundle. */
  page: string;
  /** A file of `media/icons/`, without its ending. */
  icon: string;
  title(subject: Subject): string;
  /** Of two subjects with the same key one panel is opened. */
  key(subject: Subject): string;
  /** The subject of a page that was kept, as it was written; undefined: it is none. */
  restore(kept: unknown): Subject | undefined;
  allowed: Allowed;
  /** Commands that the page offers beside what it does itself: they are given the subject. */
  actions: readonly ShellAction[];
}
