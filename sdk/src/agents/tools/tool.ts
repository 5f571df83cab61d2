import type { ValueSchema } from "../../models/valueSchema.js";

/** What a tool is told besides its arguments. */
export interface ToolCallOptions {
  toolCallId: string;
  /** Ends with the agent. */
  abortSignal: AbortSignal;
}

/** Something that an agent can do for its model: a tool of the AI SDK (`tool({…})`) is one. */
export interface Tool<Input = never> {
  /** What it does and when to use it, for the model. */
  description?: string | undefined;
  /** Of its arguments: zod or JSON Schema, of an object. What the model gives is checked against it. */
  inputSchema: ValueSchema;
  /** Does it. What it gives or throws is told to the model: text, or anything that JSON can say. */
  execute(input: Input, options: ToolCallOptions): unknown;
}

/** Tools by the names that the model calls them by: letters, digits, `_` and `-`. */
export type Tools = Readonly<Record<string, Tool>>;

/** A tool whose `execute` is typed by its schema of zod. */
export function tool<Schema extends ValueSchema>(made: {
  description?: string;
  inputSchema: Schema;
  execute(input: InputOf<Schema>, options: ToolCallOptions): unknown;
}): Tool {
  return made;
}

type InputOf<Schema> = Schema extends { _zod: { output: infer Output } } ? Output : Record<string, unknown>;
