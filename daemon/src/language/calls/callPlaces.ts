import type { OpenDocument } from "../openDocuments.js";
import type { RanTexts } from "../ranTexts.js";
import { parsedScript } from "../scriptDocument.js";
import { callAt, type ScriptCall } from "../scripts/callsOf.js";
import type { CallSite } from "./callSite.js";
import type { FileCalls } from "./fileCalls.js";
import type { LatestCalls } from "./latestCalls.js";

/** A call in a document as it is now, and what became of it in the latest run. */
export interface PlacedCall {
  file: FileCalls;
  site: CallSite;
  call: ScriptCall;
}

/** The calls of the latest run that still stand in a document, in the order of their places. */
export async function placedCalls(
  document: OpenDocument,
  { latest, texts }: { latest: LatestCalls; texts: RanTexts },
): Promise<PlacedCall[]> {
  const file = latest.fileCalls(document.path);
  const run = file && latest.run(file.runId);
  if (file === undefined || run === undefined) return [];
  const ran = await texts.of(document.path, run);
  if (ran === undefined) return [];
  const lineNow = texts.inDocument(ran, document);
  const { calls } = parsedScript(document);
  return file.sites
    .flatMap((site) => {
      const line = lineNow(site.line - 1);
      const call =
        line === undefined ? undefined : callAt(calls, document.text.offsetAt({ line, character: site.column - 1 }));
      return call === undefined ? [] : [{ file, site, call }];
    })
    .sort((a, b) => a.call.end - b.call.end);
}
