import type { RunRow } from "agentscope-distributed-daemon/protocol";
import { useLayoutEffect, useRef } from "preact/hooks";

/** What moves cursors and colours terminals: sequences that begin with a control character, and these alone. */
const terminalControl = /[^\P{Cc}\n\t\r]\[[0-9;?]*[A-Za-z]|[^\P{Cc}\n\t]/gu;

/** What a run wrote. It stays at the end as long as that is seen. */
export function RunOutput({ run, text }: { run: RunRow; text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  if (!run.hasOutput) {
    return <p class="nothing">This run was started elsewhere; what it writes is there.</p>;
  }
  return (
    <pre
      class="output"
      ref={box}
      tabIndex={0}
      role="region"
      aria-label="Output"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 20;
      }}
    >
      {text.replaceAll(terminalControl, "")}
    </pre>
  );
}
