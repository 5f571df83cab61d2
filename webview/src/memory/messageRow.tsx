import type { MessageRecord } from "agentscope-distributed-daemon/protocol";
import { Icon, type IconName } from "../theme/icon.js";
import { CopyButton } from "./copyButton.js";
import { MessageBody } from "./messageBody.js";
import { contentText, toolResultOf } from "./messageContent.js";
import { shortTime } from "./words.js";

export interface MessageRowProps {
  message: MessageRecord | undefined;
  copyText: (text: string) => Promise<void>;
}

/** One message; a grey place for one that is not known yet. */
export function MessageRow({ message, copyText }: MessageRowProps) {
  if (!message) {
    return (
      <div class="unknown">
        <span class="heard">Loading this message</span>
      </div>
    );
  }
  const result = toolResultOf(message);
  return (
    <>
      <header class="head">
        <span class="face" data-role={message.role}>
          <Icon name={result ? "tool" : iconOf(message.role)} />
        </span>
        <strong class="name">{message.name}</strong>
        <span class="quiet">{result ? "tool" : message.role}</span>
        <time class="quiet time" dateTime={message.timestamp.replace(" ", "T")} title={message.timestamp}>
          {shortTime(message.timestamp, new Date())}
        </time>
        <CopyButton label={`Copy the message of ${message.name}`} copy={() => copyText(contentText(message))} />
      </header>
      <MessageBody message={message} />
    </>
  );
}

function iconOf(role: string): IconName {
  if (role === "user" || role === "system") return role;
  return "assistant";
}
