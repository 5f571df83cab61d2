import { maskedHere } from "../models/secretsHere.js";
import { jsonLine, type LogFields } from "./jsonLine.js";
import { isLogged, type LogLevel, type LogSettings } from "./logSettings.js";

/** The log of an agent server's thread, on standard error. No line of it has a key of a model in it. */
export class ServerLog {
  constructor(
    private readonly settings: LogSettings,
    private readonly fields: LogFields = {},
  ) {}

  get isJson(): boolean {
    return this.settings.format === "json";
  }

  takes(level: LogLevel): boolean {
    return isLogged(level, this.settings);
  }

  write(level: LogLevel, text: string, fields?: LogFields): void {
    if (!this.takes(level)) return;
    const msg = maskedHere(text);
    process.stderr.write(this.isJson ? jsonLine(level, msg, { ...this.fields, ...fields }) : `${msg}\n`);
  }
}
