import { useMemo } from "preact/hooks";
import { markdownHtml } from "./markdown.js";

export function MarkdownText({ text }: { text: string }) {
  const html = useMemo(() => ({ __html: markdownHtml(text) }), [text]);
  return <div class="markdown" dangerouslySetInnerHTML={html} />;
}
