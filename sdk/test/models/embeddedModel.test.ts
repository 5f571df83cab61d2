import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ChatMessage, ChatRequest } from "../../src/models/chatModel.js";
import { nothingToQuote } from "../../src/models/embedded/embeddedModel.js";
import { findModel } from "../../src/models/findModel.js";
import { failureOf } from "./testModel.js";

const apollo =
  "The Apollo program was run by NASA between 1961 and 1972. Apollo 11 landed on the Moon on July 20, 1969. " +
  "Neil Armstrong was the first person to walk on the Moon. Buzz Aldrin joined him 19 minutes later. Michael Collins " +
  "stayed in lunar orbit in the command module Columbia. The program cost about 25.4 billion dollars. Critics said the " +
  "money was not well spent. The archive is history@example.org.";

async function answer(...messages: ChatMessage[]): Promise<string> {
  return (await findModel("embedded").generate({ messages })).text;
}

const user = (content: string): ChatMessage => ({ role: "user", content });

async function value(schema: ChatRequest["schema"], text = `${apollo} Extract the facts.`): Promise<unknown> {
  return (await findModel("embedded").generate({ messages: [user(text)], schema })).object;
}

describe("the embedded model", () => {
  test.each([
    ["How much did the program cost?", "The program cost about 25.4 billion dollars."],
    ["Who stayed in orbit?", "Michael Collins stayed in lunar orbit in the command module Columbia."],
    ["Which module was it?", "command module Columbia"],
  ])("answers %s with the sentence that says it", async (question, expected) => {
    expect(await answer(user(apollo), user(question))).toContain(expected);
    expect(await answer(user(`${apollo}\n\n${question}`))).toContain(expected);
  });

  test("finds what stands in system messages and results of tools, when it is asked for it", async () => {
    const system: ChatMessage = { role: "system", content: "You are Ada. The office opens at nine." };
    expect(await answer(system, user("When does the office open?"))).toBe("The office opens at nine.");
    const result: ChatMessage = {
      role: "tool",
      toolCallId: "1",
      toolName: "t",
      content: { found: ["Oslo is rainy today."] },
    };
    const call: ChatMessage = { role: "assistant", content: "", toolCalls: [{ id: "1", name: "t", input: {} }] };
    expect(await answer(user("How is Oslo?"), call, result)).toBe("Oslo is rainy today.");
  });

  test("says that it has nothing to answer with rather than its instructions or the question", async () => {
    expect(await answer(user("What is the capital of France?"))).toBe(nothingToQuote);
    const system: ChatMessage = { role: "system", content: "You are a helpful assistant." };
    expect(await answer(system, user("What is the capital of France?"))).toBe(nothingToQuote);
  });

  test("quotes code in a sentence as it stands there", async () => {
    const text = "Name an option by .requiredOption() of the command. A default goes with .option() too.";
    expect(await answer(user(`${text} How is an option named?`))).toContain(
      "Name an option by .requiredOption() of the command.",
    );
  });

  test("does not answer with what was asked before", async () => {
    const before = [user(apollo), user("How much did the program cost, and who said so?")];
    expect(await answer(...before, user("What about the cost of the program?"))).not.toContain("?");
  });

  test("repeats itself last", async () => {
    const before: ChatMessage = { role: "assistant", content: "The program cost about 25.4 billion dollars." };
    const text = await answer(user(apollo), before, user("Tell me about the Moon."));
    expect(text).toContain("Moon");
    expect(text).not.toContain("25.4");
  });

  test("says the same for the same conversation, and counts tokens", async () => {
    const ask = () => findModel("embedded").generate({ messages: [user(apollo), user("Summarize the text.")] });
    const [first, second] = [await ask(), await ask()];
    expect(second).toEqual(first);
    expect(first.usage.inputTokens).toBeGreaterThan(60);
    expect(first.usage.outputTokens).toBe(first.text.split(" ").length);
  });

  test("streams word by word", async () => {
    const { textStream, result } = findModel("embedded").stream({
      messages: [user(apollo), user("Who walked first?")],
    });
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.join("")).toBe((await result).text);
  });

  test("makes up nothing: each of its sentences stands in the conversation", async () => {
    const word = fc.constantFrom(
      "moon",
      "Apollo",
      "not",
      "cost",
      "3.5",
      "2,000",
      "Dr.",
      "e.g.",
      "run",
      "the",
      "Über",
      "😀",
      '"a"',
      "(b)",
      "x".repeat(150),
    );
    const sentence = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 12 }), fc.constantFrom(".", "!", "?", "", ":", "...\n", "\n\n"))
      .map(([words, end]) => words.join(" ") + end);
    const text = fc.oneof(
      { weight: 5, arbitrary: fc.array(sentence, { maxLength: 8 }).map((all) => all.join(" ")) },
      fc.string({ unit: "binary", maxLength: 60 }),
    );
    const message = fc.record({ role: fc.constantFrom("system", "user", "assistant"), content: text });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async (messages) => {
        const said = await answer(...(messages as ChatMessage[]));
        if (said === nothingToQuote) return;
        const input = messages.map(({ content }) => plain(content)).join("\n");
        // What it joins with a space may be cut at any sentence of the conversation.
        expect(isMadeOf(said, input), `${JSON.stringify(said)} from ${JSON.stringify(input)}`).toBe(true);
      }),
      { numRuns: 100 },
    );
  }, 30_000);

  test("takes its time with no text: not with long words, long lines, or a long conversation", async () => {
    const begin = performance.now();
    for (const text of [
      "a".repeat(50_000),
      "\t".repeat(50_000),
      ".".repeat(20_000),
      "日本語。".repeat(5000),
      "word ".repeat(20_000),
    ]) {
      await answer(user(text), user("What is it?"));
    }
    await answer(
      ...Array.from({ length: 300 }, (_, index) => user(`${apollo} This is number ${index}.`)),
      user("Who?"),
    );
    expect(performance.now() - begin).toBeLessThan(10_000);
  }, 30_000);

  test("calls no tools", async () => {
    const tools = [{ name: "t", description: "", inputSchema: { type: "object" } }];
    const result = await findModel("embedded").generate({
      messages: [user(`${apollo} Who?`)],
      tools,
      toolChoice: "required",
    });
    expect(result.toolCalls).toEqual([]);
    expect(result.text).not.toBe("");
  });
});

describe("values of a schema come from the conversation", () => {
  test("texts, numbers, choices, lists and truths", async () => {
    const schema = z.object({
      thought: z.string(),
      cost: z.number().describe("cost of the program in billion dollars"),
      year: z.int().min(1000).describe("year of the landing on the Moon"),
      agency: z.enum(["ESA", "NASA", "JAXA"]),
      keywords: z.array(z.string()).max(4),
      well_spent: z.boolean().describe("whether the money was well spent"),
      who: z.object({ name: z.string().max(30).describe("who stayed in orbit") }),
      contact: z.email(),
    });
    const filled = schema.parse(await value(schema));
    expect(apollo).toContain(filled.thought);
    expect(filled).toMatchObject({ cost: 25.4, year: 1969, agency: "NASA", well_spent: false });
    expect(filled.who.name).toBe("Michael Collins");
    expect(filled.contact).toBe("history@example.org");
    for (const keyword of filled.keywords) expect(apollo).toContain(keyword);
    expect(filled.keywords.length).toBeGreaterThan(1);
  });

  test("what it says nothing about is left out, null, or empty", async () => {
    const schema = {
      type: "object",
      properties: {
        note: { type: "string" },
        good: { type: "boolean" },
        score: { type: "number", exclusiveMinimum: 0 },
        weight: { anyOf: [{ type: "number" }, { type: "null" }] },
        kind: { enum: ["red", "blue"] },
        size: { type: "object", properties: { height: { type: "number" } }, required: ["height"] },
        hint: { type: "integer" },
        children: { type: "array", items: { $ref: "#/definitions/child" } },
      },
      required: ["note", "good", "weight", "children"],
      definitions: { child: { type: "object", properties: { age: { type: "number" } }, required: ["age"] } },
    };
    expect(await value(schema, "")).toEqual({ note: "", good: false, weight: null, children: [] });
    const age = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };
    expect(await value(age, "Book a table for 4 people.")).toEqual({ age: 4 });
  });

  test.each<[string, Record<string, unknown>]>([
    ["a number", { type: "integer", minimum: 18 }],
    ["a choice", { enum: ["red", "blue"] }],
    ["a date", { type: "string", format: "date" }],
  ])("%s that must be there, and that it does not say, is made up by nobody", async (_, part) => {
    const wanted = { type: "object", properties: { it: part }, required: ["it"] };
    const schema = { type: "object", properties: { one: wanted }, required: ["one"] };
    const error = await failureOf(value(schema, "Say something."));
    expect(error.message).toContain("the conversation says nothing for one.it, and this model makes nothing up");
    expect(error.details.reason).toBe("bad-request");
  });

  test("of a schema that refers to itself it stops somewhere", async () => {
    const schema = {
      type: "object",
      properties: { name: { type: "string" }, next: { $ref: "#" } },
      required: ["name"],
    };
    expect(await value(schema)).toMatchObject({ name: expect.any(String) as string });
  });
});

function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** Whether a text is pieces of another, joined by single spaces. */
function isMadeOf(text: string, source: string): boolean {
  const flat = plain(source);
  const words = text.split(" ");
  for (let start = 0; start < words.length; ) {
    let end = words.length;
    while (end > start && !flat.includes(words.slice(start, end).join(" "))) end--;
    if (end === start) return false;
    start = end;
  }
  return true;
}
