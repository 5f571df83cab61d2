import { useMemo } from "preact/hooks";
import { highlightCode } from "./highlightCode.js";

/** Data, as it is written in JSON. */
export function JsonText({ value }: { value: unknown }) {
  const text = useMemo(() => JSON.stringify(value, undefined, 2) ?? "", [value]);
  const html = useMemo(() => highlightCode(text, "json"), [text]);
  return (
    <pre class="code">
      {html === undefined ? <code>{text}</code> : <code dangerouslySetInnerHTML={{ __html: html }} />}
    </pre>
  );
}
