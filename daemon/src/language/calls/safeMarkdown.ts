/** What is shown of a text. */
const mostCharacters = 700;
const mostLines = 14;

/** Text of agents as a block that nothing in it can leave: no link, image or markup of it is rendered. */
export function quoted(text: string): string {
  const short = shortened(text);
  const runs = short.match(/`{3,}/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}text\n${short}\n${fence}`;
}

/** A name within a line of Markdown, as it is written. */
export function plain(text: string): string {
  return shortened(text, { characters: 120, lines: 1 }).replaceAll(/[\\`*_{}[\]()#+\-!|<>&~$]/g, "\\$&");
}

function shortened(text: string, { characters, lines } = { characters: mostCharacters, lines: mostLines }): string {
  const all = text.split(/\r\n|\r|\n/);
  const cut = all.slice(0, lines).join("\n").slice(0, characters);
  return all.length > lines || cut.length < all.slice(0, lines).join("\n").length ? `${cut} …` : cut;
}
