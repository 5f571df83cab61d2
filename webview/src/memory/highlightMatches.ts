/** Marks words in a part of the page, in colours of the style sheet; the page itself stays as it is. */
export function highlightMatches(root: Element, text: string, current: Element | undefined): void {
  const wanted = text.trim().toLowerCase();
  const ranges = wanted === "" ? [] : rangesOf(root, wanted);
  const isCurrent = (range: Range) => current?.contains(range.startContainer) === true;
  CSS.highlights.set("match", new Highlight(...ranges.filter((range) => !isCurrent(range))));
  CSS.highlights.set("current-match", new Highlight(...ranges.filter(isCurrent)));
}

function rangesOf(root: Element, wanted: string): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = node.textContent?.toLowerCase() ?? "";
    for (let at = words.indexOf(wanted); at >= 0; at = words.indexOf(wanted, at + wanted.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  return ranges;
}
