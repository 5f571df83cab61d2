import { open, readFile, truncate } from "node:fs/promises";
import type { RoundResult } from "./game.js";

/** What a file's rounds were played with: others can't continue them. */
export interface GameSettings {
  readonly agents: number;
}

/** The results of a run: a first line with its settings, then one for each round that was played to its end. */
export class ResultFile {
  private constructor(
    private readonly path: string,
    readonly rounds: readonly RoundResult[],
  ) {}

  /**
   * Opens one, or makes it. What a run left of a line that it did not come to write whole is taken away.
   *
   * @throws Error when the file is of a game with other settings, or of something else.
   */
  static async open(path: string, settings: GameSettings): Promise<ResultFile> {
    const text = await textOf(path);
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole !== text) await truncate(path, Buffer.byteLength(whole));
    const [first, ...rounds] = whole.split("\n").slice(0, -1);
    if (first === undefined) {
      const file = new ResultFile(path, []);
      await file.append(settings);
      return file;
    }
    const { agents } = parsed(first, path) as Partial<GameSettings>;
    if (agents === undefined) throw new Error(`${path} is no file of results; give another name to --output`);
    if (agents !== settings.agents) {
      throw new Error(
        `${path} is of a game of ${agents} agents, not of ${settings.agents}; give another name to --output`,
      );
    }
    return new ResultFile(
      path,
      rounds.map((line) => parsed(line, path) as RoundResult),
    );
  }

  /** Adds a round; it is on the disk when this resolves. */
  async append(line: RoundResult | GameSettings): Promise<void> {
    const file = await open(this.path, "a");
    try {
      await file.appendFile(`${JSON.stringify(line)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** Of a file that is not there: none. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function parsed(line: string, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${path} is no file of results; give another name to --output`, { cause });
  }
}
