/** Some of what an agent says, as it travels to the person's terminal. */
export interface SpokenPart {
  /** Which of the things that are being said it belongs to; unique. */
  speech: string;
  /** The agent's name. */
  agent: string;
  /** Where the agent lives: `host:port`, or `main process`. */
  server: string;
  text: string;
  /** Nothing more follows. */
  last: boolean;
}

/** Questions for the person, asked together. */
export interface Questions {
  /** Who asks. */
  agent: string;
  server: string;
  /** What stands before each answer. */
  prompts: string[];
  /** What is asked about, in place of a first prompt that says nothing, where the conversation is not seen. */
  about: string;
  /** Whether the answer to the first may have several lines. */
  multiline: boolean;
}
