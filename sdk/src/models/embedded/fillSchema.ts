import type { JsonSchema } from "../valueSchema.js";
import type { ConversationText } from "./conversationText.js";
import { sentencesOf } from "./english.js";
import { keyPhrases } from "./keyPhrases.js";
import { chooseSentences, type Ranked, rankSentences } from "./rankSentences.js";
import { bounds, choicesOf, isOneOf, resolveSchema, typeOf } from "./schemaParts.js";

/** A value of a schema, made of what a conversation says, and the fields that it says nothing about. */
export interface Filled {
  value: unknown;
  /** Paths of fields that must be there, and hold nothing: an empty text, an empty list, no. */
  empty: string[];
  /** Paths of fields that must be there, and for whose value there is none that says nothing: numbers, choices. */
  missing: string[];
}

export function fillSchema(schema: JsonSchema, conversation: ConversationText): Filled {
  const filler = new SchemaFiller(schema, conversation);
  const value = filler.fill(schema, { path: "", about: [], required: true });
  return { value, empty: filler.empty, missing: filler.missing };
}

interface Field {
  path: string;
  /** The terms of its name and its description, and of those around it. */
  about: readonly string[];
  required: boolean;
}

/** Deeper parts of a schema that refers to itself stay empty. */
const deepest = 6;
/** The most that goes into a list that does not say how long it may be. */
const listLength = 5;
const namesPhrases = /key|tag|topic|term|phrase|name|label|categor|entit|word|subject/i;

/** Texts of a form of their own, as they may stand in a sentence. */
const formats: Record<string, RegExp> = {
  date: /\b\d{4}-\d{2}-\d{2}\b/,
  "date-time": /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})/,
  email: /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/,
  uri: /\bhttps?:\/\/[^\s<>"')]+/,
};

class SchemaFiller {
  readonly empty: string[] = [];
  readonly missing: string[] = [];
  /** Sentences that other fields have: two fields with the same one say less than one. */
  private readonly used = new Set<string>();

  constructor(
    private readonly root: JsonSchema,
    private readonly conversation: ConversationText,
  ) {}

  /** Undefined when the conversation says nothing about a field that need not be there. */
  fill(part: JsonSchema, field: Field): unknown {
    const schema = resolveSchema(part, this.root);
    if ("const" in schema) return schema["const"];
    const { empty, missing } = { empty: this.empty.length, missing: this.missing.length };
    let found = field.path.split(".").length > deepest ? undefined : this.find(schema, field);
    if (!field.required && this.missing.length > missing) {
      // Rather none at all than one with something made up in it.
      found = undefined;
      this.empty.length = empty;
      this.missing.length = missing;
    }
    if (found !== undefined || !field.required) return found;
    if (isOneOf(schema, "null")) return null;
    const nothing = nothingOf(schema);
    if (nothing === undefined) this.missing.push(field.path);
    else if (typeOf(schema) !== "object") this.empty.push(field.path);
    return nothing;
  }

  private find(schema: JsonSchema, field: Field): unknown {
    const choices = choicesOf(schema);
    if (choices !== undefined) return this.choose(choices, field);
    switch (typeOf(schema)) {
      case "string":
        return this.text(schema, field);
      case "number":
      case "integer":
        return this.number(schema, field);
      case "boolean":
        return this.truth(field);
      case "array":
        return this.list(schema, field);
      case "object":
        return this.object(schema, field);
      default:
        return undefined;
    }
  }

  private ranked({ about }: Field): Ranked[] {
    return this.rankedFor([...this.conversation.request, ...about]);
  }

  /** What is asked comes after all that may answer it. */
  private rankedFor(terms: readonly string[]): Ranked[] {
    const { candidates, requests } = this.conversation;
    return [...rankSentences(candidates, terms), ...rankSentences(requests, terms)];
  }

  private text(schema: JsonSchema, field: Field): string | undefined {
    const format = formats[String(schema["format"])];
    if (format !== undefined) {
      return this.ranked(field).flatMap(({ sentence }) => format.exec(sentence.text)?.[0] ?? [])[0];
    }
    const { maxLength = Number.POSITIVE_INFINITY, minLength = 0 } = bounds(schema);
    const fits = (text: string) => text.length <= maxLength && text.length >= minLength;
    const ranked = this.ranked(field);
    const wantsPhrase = namesPhrases.test(lastName(field.path)) || maxLength < 40;
    const phrases = wantsPhrase ? keyPhrases(ranked) : [];
    const sentences = ranked.map(({ sentence }) => sentence.text);
    const found = [...phrases, ...sentences].filter(fits);
    const chosen = found.find((text) => !this.used.has(text)) ?? found[0];
    if (chosen !== undefined) this.used.add(chosen);
    return chosen;
  }

  private number(schema: JsonSchema, field: Field): number | undefined {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = bounds(schema);
    const isWhole = typeOf(schema) === "integer";
    return this.ranked(field)
      .flatMap(({ sentence }) => sentence.numbers)
      .find((value) => value >= minimum && value <= maximum && (!isWhole || Number.isInteger(value)));
  }

  /** Whether a sentence that is about the field says so; no sentence, no. */
  private truth({ about }: Field): boolean | undefined {
    const asked = new Set(about);
    const [best] = this.rankedFor(about);
    if (best === undefined || !best.sentence.terms.some((term) => asked.has(term))) return undefined;
    return !best.sentence.isNegated;
  }

  /** The choice that the best sentences name, or are most like. */
  private choose(choices: readonly unknown[], field: Field): unknown {
    const ranked = this.ranked(field);
    const scores = choices.map((choice) => {
      const named = String(choice);
      const terms = termsOf(named);
      let score = 0;
      for (const { sentence, score: weight } of ranked) {
        const isNamed = named !== "" && sentence.text.toLowerCase().includes(named.toLowerCase());
        const common = terms.filter((term) => sentence.terms.includes(term)).length / (terms.length || 1);
        score = Math.max(score, weight * (isNamed ? 1 : common * 0.9));
      }
      return score;
    });
    const best = Math.max(...scores);
    return best > 0 ? choices[scores.indexOf(best)] : undefined;
  }

  private list(schema: JsonSchema, field: Field): unknown[] | undefined {
    const items = resolveSchema((schema["items"] ?? {}) as JsonSchema, this.root);
    const { minItems = 0, maxItems = Math.max(minItems, listLength) } = bounds(schema);
    const found = this.listItems(items, field).slice(0, maxItems);
    if (found.length >= minItems && found.length > 0) return found;
    while (found.length < minItems) found.push(this.fill(items, { ...field, required: true }));
    return found.length > 0 || field.required ? found : undefined;
  }

  private listItems(items: JsonSchema, field: Field): unknown[] {
    const ranked = this.ranked(field);
    const choices = choicesOf(items);
    if (choices !== undefined) {
      const said = ranked.map(({ sentence }) => sentence.text.toLowerCase()).join("\n");
      return choices.filter((choice) => said.includes(String(choice).toLowerCase()));
    }
    switch (typeOf(items)) {
      case "string": {
        const { maxLength = Number.POSITIVE_INFINITY } = bounds(items);
        const found = namesPhrases.test(lastName(field.path))
          ? keyPhrases(ranked)
          : chooseSentences(ranked, listLength).map(({ text }) => text);
        return found.filter((text) => text.length <= maxLength);
      }
      case "number":
      case "integer":
        return ranked.flatMap(({ sentence }) => sentence.numbers);
      case "object": {
        const one = this.fill(items, { ...field, required: false });
        return one === undefined ? [] : [one];
      }
      default:
        return [];
    }
  }

  private object(schema: JsonSchema, field: Field): Record<string, unknown> | undefined {
    const required = new Set((schema["required"] ?? []) as string[]);
    const filled = Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>).map(([name, part]) => {
      const { description = "" } = resolveSchema(part, this.root) as { description?: string };
      const inner: Field = {
        path: field.path === "" ? name : `${field.path}.${name}`,
        about: [...field.about, ...termsOf(`${wordsOf(name)} ${description}`)],
        required: false,
      };
      return { name, part, inner, value: this.fill(part, inner) };
    });
    if (!field.required && filled.every(({ value }) => value === undefined)) return undefined;
    const values = filled.map(({ name, part, inner, value }) => [
      name,
      value === undefined && required.has(name) ? this.fill(part, { ...inner, required: true }) : value,
    ]);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, unknown>;
  }
}

/** The value that says nothing; undefined where every value says something. */
function nothingOf(schema: JsonSchema): unknown {
  if (choicesOf(schema) !== undefined) return undefined;
  switch (typeOf(schema)) {
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return {};
    case "null":
      return null;
    case "string":
      return (bounds(schema).minLength ?? 0) > 0 || "format" in schema ? undefined : "";
    default:
      return undefined;
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** `dueDate` and `due_date` as words. */
function wordsOf(name: string): string {
  return name.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/[_-]+/g, " ");
}

function termsOf(text: string): string[] {
  return sentencesOf(text).flatMap(({ terms }) => [...terms]);
}
