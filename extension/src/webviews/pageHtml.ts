import { randomBytes } from "node:crypto";
import type { PageOpened } from "agentscope-distributed-webview/shell";

export interface PageParts {
  /** Addresses that the webview can load. */
  script: string;
  style: string;
  /** Whence styles may come. */
  cspSource: string;
  title: string;
  opened: PageOpened;
}

/** The document of a panel: it runs one script and loads one style sheet, both ours. Pictures come from https and data addresses. */
export function pageHtml({ script, style, cspSource, title, opened }: PageParts): string {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    "img-src https: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${escaped(style)}">
</head>
<body data-opened="${escaped(JSON.stringify(opened))}">
<script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}

/** As text of HTML and of its attributes. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
