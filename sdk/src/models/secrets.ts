import { randomHex } from "../randomId.js";

// Keys stand in configs by name only: `env:NAME` means the environment variable NAME of the machine the agent runs on. A key
// itself, in a config that is read on its own machine, is moved into the environment of this process (which its child processes
// and worker threads inherit) as soon as the config is read: from then on no config has a key in it that could travel or be shown.

const reference = /^env:([A-Za-z_]\w*)$/;
const secretHeader = /auth|key|token|secret|cookie|password|credential/i;
/** A key in a header whose name says nothing of it: a scheme of HTTP before it, a known form, or a long run of letters and digits. */
const secretValue =
  /^(?:Bearer|Basic|Token|Digest|ApiKey) |\b(?:sk-|gsk_|xai-|AIza|ghp_|hf_|eyJ)[\w*.-]{6,}|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{20,}/;

/** What of a model config may have a key in it. */
interface KeyHolder {
  api_key?: string | undefined;
  headers?: Record<string, string> | undefined;
}

/** The name of the environment variable that a value refers to; undefined for any other value. */
export function variableOf(value: string): string | undefined {
  return reference.exec(value)?.[1];
}

/** The fields of a config that have a key itself in them, instead of the name of a variable. Takes anything. */
export function keysInside(config: unknown): string[] {
  const { api_key: key, headers } = (config ?? {}) as { api_key?: unknown; headers?: unknown };
  const found = isLiteral(key) ? ["api_key"] : [];
  if (typeof headers !== "object" || headers === null) return found;
  return [
    ...found,
    ...Object.entries(headers)
      .filter(([name, value]) => isLiteral(value) && (secretHeader.test(name) || secretValue.test(value as string)))
      .map(([name]) => `headers.${name}`),
  ];
}

function isLiteral(value: unknown): boolean {
  return typeof value === "string" && variableOf(value) === undefined;
}

/** The config with a variable of this process in the place of each key. */
export function withKeysByName<Config extends object>(config: Config): Config {
  const inside = keysInside(config);
  if (inside.length === 0) return config;
  const { api_key: key, headers } = config as KeyHolder;
  const named: KeyHolder = {};
  if (key !== undefined) named.api_key = inside.includes("api_key") ? hidden(key) : key;
  if (headers !== undefined) {
    named.headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        inside.includes(`headers.${name}`) ? hidden(value) : value,
      ]),
    );
  }
  return { ...config, ...named };
}

const variables = new Map<string, string>();

function hidden(key: string): string {
  let variable = variables.get(key);
  if (variable === undefined) {
    variable = `AGENTSCOPE_KEY_${randomHex(6).toUpperCase()}`;
    variables.set(key, variable);
    process.env[variable] = key;
  }
  return `env:${variable}`;
}

/** What looks like a key of a known provider, whole or with its middle left out. */
const knownKeys = /\b(?:sk-|gsk_|xai-|AIza)[\w*.-]{6,}/g;
/** A shorter key is masked where it stands as a word of its own: as a part of others it would take ordinary words with it. */
const shortestKey = 6;

/** Text from outside (a provider's error, what a library threw) without the keys. */
export function masked(text: string, keys: readonly string[]): string {
  return keys
    .flatMap((key) => [key, key.replace(/^\w+ /, "")])
    .reduce((rest, key) => (key.length >= shortestKey ? rest.replaceAll(key, "***") : withoutWord(rest, key)), text)
    .replace(knownKeys, "***");
}

function withoutWord(text: string, word: string): string {
  if (word === "") return text;
  const literal = word.replaceAll(/[^\w]/g, "\\$&");
  return text.replaceAll(new RegExp(`(?<!\\w)${literal}(?!\\w)`, "g"), "***");
}
