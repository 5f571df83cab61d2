import type { MemoryModel } from "./memoryModel.js";

/** In words: why there is nothing to see, or why what is seen may be old. */
export function Notice({ model, name, failure }: { model: MemoryModel; name: string; failure: string | undefined }) {
  const { total, link, ended, row } = model;
  const isBefore = total === undefined;
  const sentences = [
    failure,
    link.kind === "lost" ? `${link.reason} It is tried again by itself.` : undefined,
    link.kind === "connecting" && !isBefore ? "The connection to the daemon is being renewed." : undefined,
    row?.lost === true
      ? `${name} is gone: its server has ended.`
      : ended === undefined
        ? undefined
        : `${name} is gone, or can't be seen: ${sentence(ended)}`,
  ].filter((text) => text !== undefined);
  if (sentences.length > 0) {
    return (
      <div class="notice" role="status">
        {sentences.join(" ")}
        {!isBefore && total > 0 && failure === undefined && " What is shown was known last."}
      </div>
    );
  }
  if (isBefore) {
    return (
      <p class="nothing" role="status">
        Reading the memory of {name} …
      </p>
    );
  }
  if (total > 0) return null;
  return (
    <p class="nothing" role="status">
      {name} remembers nothing yet. Messages appear here as they come.
    </p>
  );
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
