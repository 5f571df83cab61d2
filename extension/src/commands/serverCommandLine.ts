/** Options of `as-server`, as it names them. */
export interface ServerCommandOptions {
  host?: string | undefined;
  port?: number | undefined;
  agentDir?: string | undefined;
  modelConfigPath?: string | undefined;
  workers?: number | undefined;
  tokenFile?: string | undefined;
  viaStudio?: string | undefined;
  studioTokenFile?: string | undefined;
  tlsCa?: string | undefined;
}

/** What a person types to start an agent server: the same in a POSIX shell, PowerShell and cmd. */
export function serverCommandLine(options: ServerCommandOptions): string {
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, quote(`${value}`)],
  );
  return ["npx as-server", ...words].join(" ");
}

function quote(word: string): string {
  return /^[\w./:@=\\-]+$/.test(word) ? word : `"${word}"`;
}
