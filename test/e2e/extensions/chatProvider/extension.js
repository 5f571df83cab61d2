// A provider of a chat model, as other extensions are: it tells a story, for ever if it is asked to, and calls the first tool that it is
// offered. What was cancelled is noted in a file, for the test.
const { appendFileSync } = require("node:fs");
const path = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");
const vscode = require("vscode");

const model = {
  ...{ id: "tests/story-1", name: "Story", family: "story", version: "1" },
  ...{ maxInputTokens: 10_000, maxOutputTokens: 10_000, capabilities: { toolCalling: true } },
};

async function respond({ messages, tools, progress, token }) {
  const say = (text) => progress.report(new vscode.LanguageModelTextPart(text));
  const last = messages.at(-1).content;
  const result = last.find((part) => part instanceof vscode.LanguageModelToolResultPart);
  if (result) return say(`It gave ${result.content.map(({ value }) => value).join("")}`);
  if (tools?.length) {
    return progress.report(new vscode.LanguageModelToolCallPart("call-1", tools[0].name, { amount: 2 }));
  }
  for (const word of ["Once ", "upon ", "a ", "time"]) say(word);
  if (!last.some(({ value }) => value?.includes("for ever"))) return;
  while (!token.isCancellationRequested) {
    say(" and on");
    await pause(20);
  }
  appendFileSync(path.join(process.env.HOME, "chat-provider.log"), "cancelled\n");
}

exports.activate = ({ subscriptions }) => {
  subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider("tests", {
      provideLanguageModelChatInformation: () => [model],
      provideLanguageModelChatResponse: (...[, messages, { tools }, progress, token]) =>
        respond({ messages, tools, progress, token }),
      provideTokenCount: () => Promise.resolve(1),
    }),
  );
};
