import { randomBytes } from "node:crypto";

/** How long a browser has to come with its code. */
const lifeMs = 120_000;
/** Codes that nobody came with; the oldest goes first. */
const mostOpen = 100;

/** Codes that let in one browser once each. They stand in addresses, where the daemon's token must never stand. */
export class AccessCodes {
  /** When each ends, oldest first. */
  private readonly open = new Map<string, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  make(): string {
    for (const [code, endsAt] of this.open) {
      if (endsAt > this.now() && this.open.size < mostOpen) break;
      this.open.delete(code);
    }
    const code = randomBytes(32).toString("base64url");
    this.open.set(code, this.now() + lifeMs);
    return code;
  }

  /** Whether the code lets in; it does not a second time. */
  use(code: string): boolean {
    const endsAt = this.open.get(code) ?? -Infinity;
    this.open.delete(code);
    return endsAt > this.now();
  }
}
