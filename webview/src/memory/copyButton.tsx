import { useEffect, useState } from "preact/hooks";
import { ToolButton } from "../theme/toolButton.js";

const shownMs = 1_500;

/** Says for a moment that it has copied. */
export function CopyButton({ label, copy }: { label: string; copy: () => Promise<void> }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <span class="copy">
      <ToolButton
        icon={copied ? "check" : "copy"}
        label={label}
        onClick={() => void copy().then(() => setCopied(true))}
      />
      <span class="heard" role="status">
        {copied ? "Copied" : ""}
      </span>
    </span>
  );
}
