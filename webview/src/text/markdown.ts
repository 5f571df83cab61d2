import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";
import { highlightCode } from "./highlightCode.js";

const parser = new MarkdownIt({
  // What stands in a message as HTML is text.
  html: false,
  linkify: true,
  breaks: true,
  highlight: (code, language) => highlightCode(code, language) ?? "",
});
parser.validateLink = (url) => /^(https?:|mailto:)/i.test(url.trim());

/** What Markdown is made of, and nothing that loads or runs anything but a picture. */
const allowed = {
  ALLOWED_TAGS:
    "a,blockquote,br,code,del,em,h1,h2,h3,h4,h5,h6,hr,img,li,ol,p,pre,s,span,strong,table,tbody,td,th,thead,tr,ul".split(
      ",",
    ),
  ALLOWED_ATTR: ["href", "src", "alt", "title", "class", "start", "rel", "target", "loading", "referrerpolicy"],
  ALLOWED_URI_REGEXP: /^(https?|mailto):/i,
};

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "A") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer");
  } else if (node.tagName === "IMG") {
    node.setAttribute("loading", "lazy");
    node.setAttribute("referrerpolicy", "no-referrer");
  }
});

/** Markdown as HTML that is safe to show, whoever wrote it. */
export function markdownHtml(text: string): string {
  return DOMPurify.sanitize(parser.render(text), allowed);
}
