import { pathToFileURL } from "node:url";
import type { Diagnostic, DiagnosticRelatedInformation, Location } from "vscode-languageserver-protocol";
import type { PlaceholderRow, RunRow } from "../../protocol/index.js";
import type { OpenDocuments } from "../openDocuments.js";
import { linesOf } from "../ranText.js";
import type { RanTexts } from "../ranTexts.js";
import { parsedScript } from "../scriptDocument.js";
import { callAt } from "../scripts/callsOf.js";
import { sourcePlace } from "../sourcePlace.js";
import type { LatestCalls } from "./latestCalls.js";

/** In whose turns a call was made is followed so far. */
const mostCallers = 20;

export interface FailureSources {
  latest: LatestCalls;
  texts: RanTexts;
  documents: OpenDocuments;
}

interface Failure {
  row: PlaceholderRow;
  call: Location | undefined;
  thrown: Location | undefined;
}

/** Failed calls of the latest runs, at the call and where the agent threw, by file: as far as both still stand in the text that ran. */
export async function failureDiagnostics(sources: FailureSources): Promise<Map<string, Diagnostic[]>> {
  const failures = await Promise.all(sources.latest.failures().map((row) => placed(row, sources)));
  const files = new Map<string, Diagnostic[]>();
  const counts = new Map<string, number>();
  const add = (at: Location | undefined, message: string, other: DiagnosticRelatedInformation[]) => {
    if (at === undefined) return;
    const place = `${at.uri} ${JSON.stringify(at.range.start)} ${message}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    // A loop fails at one place again and again.
    if (counts.get(place) !== 1) return;
    const diagnostic: Diagnostic = {
      range: at.range,
      severity: 1,
      source: "AgentScope",
      message,
      ...(other.length > 0 && { relatedInformation: other }),
    };
    files.set(at.uri, [...(files.get(at.uri) ?? []), diagnostic]);
  };
  for (const { row, call, thrown } of failures) {
    const message = row.error ?? `the call of ${row.agent} has failed`;
    if (row.at !== undefined) add(call, message, related(thrown, `${row.agent} (${row.server}) threw here`));
    add(thrown, message, related(call, `${row.agent} was called here`));
  }
  return files;
}

function related(location: Location | undefined, message: string): DiagnosticRelatedInformation[] {
  return location === undefined ? [] : [{ location, message }];
}

async function placed(row: PlaceholderRow, sources: FailureSources): Promise<Failure> {
  const run = sources.latest.run(row.runId);
  if (run === undefined) return { row, call: undefined, thrown: undefined };
  const at = callerPlace(row, sources.latest);
  const [call, thrown] = await Promise.all([at, row.thrownAt].map((place) => locationOf(place, run, sources)));
  return { row, call, thrown };
}

/** Where in the script the call was made, or the one in whose turn it was made. */
function callerPlace(row: PlaceholderRow, latest: LatestCalls): string | undefined {
  let one: PlaceholderRow | undefined = row;
  for (let steps = 0; one !== undefined && steps < mostCallers; steps++) {
    if (one.at !== undefined) return one.at;
    one = one.madeIn === undefined ? undefined : latest.rows([one.madeIn])[0];
  }
  return undefined;
}

/** Undefined where the text has changed there since it ran. */
async function locationOf(
  text: string | undefined,
  run: RunRow,
  { texts, documents }: FailureSources,
): Promise<Location | undefined> {
  const place = text === undefined ? undefined : sourcePlace(text);
  const ran = place && (await texts.of(place.path, run));
  if (place === undefined || ran === undefined) return undefined;
  const document = documents.at(place.path);
  const lineNow = document === undefined ? await texts.onDisk(ran, place.path) : texts.inDocument(ran, document);
  const line = lineNow(place.line - 1);
  if (line === undefined) return undefined;
  const start = { line, character: place.column - 1 };
  const uri = document?.uri ?? pathToFileURL(place.path).href;
  const call = document && callAt(parsedScript(document).calls, document.text.offsetAt(start));
  if (document !== undefined && call !== undefined) {
    return { uri, range: { start: document.text.positionAt(call.start), end: document.text.positionAt(call.end) } };
  }
  const length = (document === undefined ? ran.lines : linesOf(document.text.getText()))[
    document === undefined ? place.line - 1 : line
  ]?.trimEnd().length;
  return { uri, range: { start, end: { line, character: Math.max(length ?? 0, start.character + 1) } } };
}
