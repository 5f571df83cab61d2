import type { Command } from "commander";

/** A command line as bytes: the words, each ended by a zero, as the kernel has them. */
export function lineOf(...words: string[]): Buffer {
  return Buffer.from(words.join("\0"));
}

/** Reads command lines with a program whose commands do nothing but give `act` their options. */
export function lineReader(program: Command, act: (options: Record<string, unknown>) => void): (line: Buffer) => void {
  // Once: a program takes as long to make as to read with.
  const silent = silenced(program, act);
  return (line) => void silent.parse(line.toString("utf8").split("\0"), { from: "user" });
}

/** Whether it is what a person is told of a line that can't be read, or the help. */
export function isToldOfLine(error: unknown): boolean {
  // By its code: each package has a copy of its own.
  return String((error as { code?: unknown }).code).startsWith("commander.");
}

function silenced(command: Command, act: (options: Record<string, unknown>) => void): Command {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  if (command.commands.length === 0) command.action((...given: unknown[]) => act((given.at(-1) as Command).opts()));
  for (const one of command.commands) silenced(one, act);
  return command;
}
