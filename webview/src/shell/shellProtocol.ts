import { type Message, NotificationType, RequestType } from "vscode-jsonrpc";

// Between a page and the editor around it. The daemon's own protocol goes the same way: the editor answers by its connection.

/** Each message either way. `page` is another one each time the page is loaded: what one began, the next one knows nothing of. */
export interface PageMessage {
  page: string;
  message: Message;
}

/** What the page is opened with, as JSON in the attribute `data-opened` of its body. */
export interface PageOpened {
  /** What it is about. */
  subject: unknown;
  actions: ShellAction[];
}

/** What the page keeps by `setState`, and is opened with again after the window was loaded anew. */
export interface PageKept {
  subject: unknown;
  place?: unknown;
}

/** Something that the editor can do with what is shown. */
export interface ShellAction {
  id: string;
  title: string;
  icon: "document" | "pin" | "compare";
}

export type EditorLink = { kind: "connecting" } | { kind: "connected" } | { kind: "lost"; reason: string };

/** The editor's connection to the daemon: once at the beginning, and each change. */
export const editorLink = new NotificationType<EditorLink>("shell/link");
/** The first one: the page listens. */
export const pageReady = new NotificationType<Record<string, never>>("shell/ready");
/** Asks the person where; `saved` is false when they don't want it. */
export const saveFile = new RequestType<{ name: string; text: string }, { saved: boolean }, void>("shell/saveFile");
export const copyText = new RequestType<{ text: string }, Record<string, never>, void>("shell/copyText");
/** One of the actions that the page was opened with. */
export const act = new RequestType<{ id: string }, Record<string, never>, void>("shell/act");
