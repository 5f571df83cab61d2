import { InvalidArgumentError } from "commander";
import { defaultWireLimits, type WireLimits } from "../wire/wireLimits.js";

const names = Object.keys(defaultWireLimits) as (keyof WireLimits)[];

/** For the help: each limit and its default. */
export const limitHelp = names.map((name) => `${name}=${defaultWireLimits[name]}`).join(", ");

/** Reads `NAME=NUMBER`, as often as it is given. */
export function limitOption(text: string, before: Partial<WireLimits> = {}): Partial<WireLimits> {
  const [, given, number] = /^(\w+)=(\d{1,15})$/.exec(text) ?? [];
  const name = names.find((one) => one === given);
  if (name === undefined || !(Number(number) >= 1)) {
    throw new InvalidArgumentError(`It must be NAME=NUMBER, with one of ${names.join(", ")}.`);
  }
  return { ...before, [name]: Number(number) };
}
