import type { FromWorker } from "./workerMessages.js";

/** Asks the I/O thread whether an id that somebody has chosen for an agent is free on the whole server. */
export class IdClaims {
  private lastClaim = 0;
  private readonly waiting = new Map<number, (isFree: boolean) => void>();

  constructor(private readonly post: (message: FromWorker) => void) {}

  claim(agentId: string): Promise<boolean> {
    return new Promise((resolve) => {
      const id = ++this.lastClaim;
      this.waiting.set(id, resolve);
      this.post(["claim", id, agentId]);
    });
  }

  answered(id: number, isFree: boolean): void {
    this.waiting.get(id)?.(isFree);
    this.waiting.delete(id);
  }
}
