/** A class that agents can be made of, as it stands in a file. */
export interface DeclaredClass {
  name: string;
  /** Counted from 0. */
  line: number;
}

const declaration =
  /^([ \t]*)(?:export[ \t]+)?(?:default[ \t]+)?(abstract[ \t]+)?class[ \t]+([A-Za-z_$][\w$]*)(?:[ \t]*<[^{]*?>)?[ \t\r\n]+extends[ \t\r\n]+([\w$.]+)/gm;

/** The agent classes of a file, by how they are declared: classes that extend one called `…Agent` or `AgentBase`, or one of the file that does. */
export function agentClasses(text: string): DeclaredClass[] {
  const code = withoutComments(text);
  const names = new Set<string>();
  const found: DeclaredClass[] = [];
  for (const match of code.matchAll(declaration)) {
    const [, indent = "", abstract, name = "", base = ""] = match;
    if (!/(?:Agent|AgentBase)$/.test(base) && !names.has(base)) continue;
    names.add(name);
    // None lives of a class that is abstract.
    if (abstract === undefined) found.push({ name, line: lineOf(code, match.index + indent.length) });
  }
  return found;
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length - 1;
}

/** Lines stay where they are. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/^([ \t]*)\/\/.*$/gm, "$1");
}
