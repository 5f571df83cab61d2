import { isEmbedded, type ModelWords } from "../agents/deskModel.js";
import type { Answer } from "../evidence/answer.js";
import type { Place } from "../evidence/evidence.js";
import type { Quotation } from "../evidence/quotation.js";
import type { Paint } from "./style.js";
import { plural } from "./units.js";
import { wrap } from "./wrap.js";

export interface AnswerStyle {
  readonly columns: number;
  readonly paint: Paint;
}

const SHOWN_PLACES = 2;

/** The answer as it stands in the terminal: quotations, each with its document, line and headings. */
export function answerLines(answer: Answer, style: AnswerStyle): string[] {
  const read = `${plural(answer.passages, "passage")} of ${plural(answer.documents, "document")}`;
  if (answer.quotations.length === 0) {
    return wrap(`Nothing in ${read} answers this. Try other words, or other folders (--docs).`, {
      ...style,
      lead: "  ",
    });
  }
  const found = `${plural(answer.quotations.length, "quotation")} from ${read}`;
  const merged = `${plural(answer.duplicates, "near-duplicate")} merged`;
  return [
    `  ${style.paint("dim", `${found}, ${merged}.`)}`,
    ...wordsLines(answer.words, style),
    ...answer.quotations.flatMap((quotation, index) => ["", ...quotationLines(quotation, index + 1, style)]),
  ];
}

function wordsLines(words: ModelWords | undefined, style: AnswerStyle): string[] {
  if (words === undefined) return [];
  const { subjects, summary, model } = words;
  const lead = "  in short   ";
  return [
    "",
    ...(subjects.length > 0 ? wrap(subjects.join(", "), { ...style, lead: "  about      " }) : []),
    ...wrap(summary, { ...style, lead }),
    `${" ".repeat(lead.length)}${style.paint("dim", `by ${whoIs(model)}`)}`,
  ];
}

function whoIs(model: ModelWords["model"]): string {
  return isEmbedded(model) ? "the embedded model, which only quotes; others: --model-config" : model.modelName;
}

function quotationLines(quotation: Quotation, number: number, { columns, paint }: AnswerStyle): string[] {
  const lead = `  [${number}] `;
  const text = wrap(`“${quotation.text}”`, { columns, lead });
  const indent = " ".repeat(lead.length);
  const others = quotation.alsoIn.length > 0 ? [`${indent}${paint("dim", alsoIn(quotation.alsoIn))}`] : [];
  const headings = quotation.headings.length > 0 ? paint("dim", ` · ${quotation.headings.join(" › ")}`) : "";
  return [...text, `${indent}${paint("cyan", placeText(quotation))}${headings}`, ...others];
}

function alsoIn(places: readonly Place[]): string {
  const shown = places.slice(0, SHOWN_PLACES).map(placeText).join(", ");
  const more = places.length - SHOWN_PLACES;
  return `also in ${shown}${more > 0 ? ` and ${plural(more, "more place")}` : ""}`;
}

/** In the form that terminals and editors open at a click. */
function placeText({ path, line }: Place): string {
  return `${path}:${line}`;
}
