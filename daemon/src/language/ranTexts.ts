import type { OpenDocument } from "./openDocuments.js";
import { lineMap, linesOf, type RanText, ranText, textOnDisk } from "./ranText.js";

const mostTexts = 200;

/** The texts of files as they were when runs began, so that places of a run are found again in a text that was edited since. */
export class RanTexts {
  /** By run and path; in the order of their use. */
  private readonly texts = new Map<string, Promise<RanText | undefined>>();
  private readonly maps = new WeakMap<RanText, { version: number; map: ReturnType<typeof lineMap> }>();

  /** To be asked as soon as a run tells of the file, before anybody changes it. */
  of(path: string, run: { runId: string; startedAtMs: number }): Promise<RanText | undefined> {
    const key = `${run.runId} ${path}`;
    let text = this.texts.get(key);
    if (text === undefined) {
      this.texts.set(key, (text = ranText(path, run.startedAtMs)));
      const [oldest] = this.texts.keys();
      if (this.texts.size > mostTexts && oldest !== undefined) this.texts.delete(oldest);
    }
    return text;
  }

  /** Where a line of it, counted from 0, is in a document now; undefined where it was changed. */
  inDocument(ran: RanText, { text }: OpenDocument): (line: number) => number | undefined {
    const known = this.maps.get(ran);
    if (known?.version === text.version) return known.map;
    const map = lineMap(ran.lines, linesOf(text.getText()));
    this.maps.set(ran, { version: text.version, map });
    return map;
  }

  /** The same for a file that is not open. */
  async onDisk(ran: RanText, path: string): Promise<(line: number) => number | undefined> {
    const now = await textOnDisk(path);
    if (now === undefined) return () => undefined;
    return now.modifiedMs === ran.modifiedMs ? (line) => line : lineMap(ran.lines, now.lines);
  }
}
