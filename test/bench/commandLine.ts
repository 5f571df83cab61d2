export interface CommandLine {
  /** Benches asked for by name; none means all. */
  readonly names: readonly string[];
  readonly json: boolean;
  readonly markdown: boolean;
  readonly quick: boolean;
  readonly help: boolean;
}

export const usage = `npm run bench                  all benches: a table, then one JSON line per figure
npm run bench -- NAME…         some of them
npm run bench -- --json        only the JSON lines
npm run bench -- --markdown    the table as docs/performance.md has it
npm run bench -- --quick       each in less than ten seconds, with fewer calls and sizes

The exit code is 0 when every bench ran, whether or not it met its goals, and 1 when one failed.`;

/** Throws with a sentence for the person where an option or a bench is unknown. */
export function parseCommandLine(args: readonly string[], known: readonly string[]): CommandLine {
  const names: string[] = [];
  const options = { json: false, markdown: false, quick: false, help: false };
  for (const arg of args) {
    if (arg === "--json") options.json = true;
    else if (arg === "--markdown") options.markdown = true;
    else if (arg === "--quick") options.quick = true;
    else if (arg === "--help" || arg === "-h") options.help = true;
    else if (arg.startsWith("-"))
      throw new Error(`unknown option ${arg}; there are --json, --markdown, --quick and --help`);
    else if (!known.includes(arg)) throw new Error(`no bench is called ${arg}; there are ${known.join(", ")}`);
    else if (!names.includes(arg)) names.push(arg);
  }
  return { names, ...options };
}
