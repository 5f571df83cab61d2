import type { MessageRecord } from "agentscope-distributed-daemon/protocol";
import { useState } from "preact/hooks";
import { JsonText } from "../text/jsonText.js";
import { MarkdownText } from "../text/markdownText.js";
import { Icon } from "../theme/icon.js";
import { contentText, filesOf, type MessageFile, type ToolCall, toolCallsOf, toolResultOf } from "./messageContent.js";

/** Of a message that is longer only the beginning is drawn, until the person wants all of it. */
const shownChars = 12_000;
/** Data of a tool that is longer is folded. */
const foldedChars = 400;

export function MessageBody({ message }: { message: MessageRecord }) {
  return (
    <div class="body">
      <Content message={message} />
      {toolCallsOf(message).map((call) => (
        <CalledTool key={call.id} call={call} />
      ))}
      {filesOf(message).map((file) => (
        <File key={file.address} file={file} />
      ))}
    </div>
  );
}

function Content({ message }: { message: MessageRecord }) {
  const [whole, setWhole] = useState(false);
  const text = contentText(message);
  if (text === "") return null;
  const isLong = text.length > shownChars && !whole;
  const shown = isLong ? text.slice(0, shownChars) : text;
  const result = toolResultOf(message);
  return (
    <>
      {result ? (
        <ToolOutput text={shown} isError={result.isError} />
      ) : typeof message.content === "string" ? (
        <MarkdownText text={shown} />
      ) : isLong ? (
        <pre class="code">
          <code>{shown}</code>
        </pre>
      ) : (
        <JsonText value={message.content} />
      )}
      {isLong && (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString("en-US")} characters
        </button>
      )}
    </>
  );
}

function CalledTool({ call: { name, input } }: { call: ToolCall }) {
  const isShort = (JSON.stringify(input) ?? "").length <= foldedChars;
  return (
    <details class="called" open={isShort}>
      <summary>
        <Icon name="tool" />
        <span>
          uses <strong>{name}</strong>
        </span>
      </summary>
      <JsonText value={input} />
    </details>
  );
}

/** What tools give is data as a rule, so it is shown as it is. */
function ToolOutput({ text, isError }: { text: string; isError: boolean }) {
  const data = parsed(text);
  return (
    <details class="called" data-failed={isError} open={isError || text.length <= foldedChars}>
      <summary>{isError ? "failed" : "gave"}</summary>
      {data === undefined ? (
        <pre class="code">
          <code>{text}</code>
        </pre>
      ) : (
        <JsonText value={data} />
      )}
    </details>
  );
}

/** The data of JSON text; undefined where it is none, or a single word of it. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function File({ file: { address, kind } }: { file: MessageFile }) {
  const [isPicture, setIsPicture] = useState(kind === "picture");
  if (isPicture) {
    const name = address.startsWith("data:") ? "Picture of the message" : `Picture at ${address}`;
    return (
      <img
        class="picture"
        src={address}
        alt={name}
        loading="lazy"
        referrerpolicy="no-referrer"
        onError={() => setIsPicture(false)}
      />
    );
  }
  return (
    <p class="file">
      {kind === "path" || address.startsWith("data:") ? (
        <code>{address.slice(0, 200)}</code>
      ) : (
        <a href={address} target="_blank" rel="noopener noreferrer">
          {address}
        </a>
      )}
    </p>
  );
}
