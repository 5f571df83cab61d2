import { prettifyError } from "zod";
import { asError } from "../errors.js";

/** An answer that ended before its end. */
export class BrokenAnswer extends Error {
  constructor() {
    super("the answer broke off");
  }
}

/** What the embedded model was asked for does not stand in the conversation, and it makes nothing up. */
export class NotInConversation extends Error {
  /** @param fields paths of what a schema wants. */
  constructor(fields: readonly string[]) {
    super(
      `the conversation says nothing for ${fields.join(", ")}, and this model makes nothing up: allow null there or leave it ` +
        "out of required, or use another model",
    );
  }
}

/** An answer without the value that was asked for. */
export class UnfitAnswer extends Error {
  constructor(
    message: string,
    /** What the model said instead. */
    readonly text: string,
  ) {
    super(message);
  }

  /** @param thrown what the check of the value against its schema says. */
  static of(thrown: unknown, text: string): UnfitAnswer {
    const what =
      thrown instanceof Error && "issues" in thrown
        ? prettifyError(thrown as Parameters<typeof prettifyError>[0]).replaceAll(/\s*\n\s*/g, " ")
        : asError(thrown).message;
    return new UnfitAnswer(`the answer does not fit the schema: ${what}`, text);
  }
}
