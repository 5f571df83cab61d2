import type { ShellAction } from "./shellProtocol.js";

/** What stands around a page: the editor's panel, or a browser's window. */
export interface Shell {
  /** What else can be done with what is shown, beside what the page does itself. */
  readonly actions: readonly ShellAction[];
  act(action: ShellAction): Promise<void>;
  /** The place that the page kept before it was hidden or loaded again; undefined: it is new. */
  readonly place: unknown;
  keepPlace(place: unknown): void;
  /** Gives the text to the person as a file. False: the person did not want it. */
  saveFile(name: string, text: string): Promise<boolean>;
  copyText(text: string): Promise<void>;
}
