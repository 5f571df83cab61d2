/** Bytes of what is counted, where another thread reads it. */
export const callCountersBytes = 12;

const arrivedCell = 0;
const endedCell = 1;
const runningCell = 2;

/** How many calls a host has and had. Written by its thread alone; cells are read by others at any time. */
export class CallCounters {
  private readonly cells: Uint32Array;

  constructor(buffer: ArrayBuffer | SharedArrayBuffer = new ArrayBuffer(callCountersBytes)) {
    this.cells = new Uint32Array(buffer);
  }

  /** A call stands in a mailbox, or its turn begins at once. */
  arrived(): void {
    this.add(arrivedCell, 1);
  }

  /** However it ended; each that has arrived does. */
  ended(): void {
    this.add(endedCell, 1);
  }

  turnBegan(): void {
    this.add(runningCell, 1);
  }

  turnEnded(): void {
    this.add(runningCell, -1);
  }

  private add(cell: number, change: number): void {
    this.cells[cell] = (this.cells[cell] ?? 0) + change;
  }

  /** Of all time, modulo 2^32. */
  get endedCalls(): number {
    return this.cells[endedCell] ?? 0;
  }

  get running(): number {
    return this.cells[runningCell] ?? 0;
  }

  /** Calls whose turn has not begun. */
  get queued(): number {
    const open = ((this.cells[arrivedCell] ?? 0) - this.endedCalls) >>> 0;
    // The cells are not read in one moment.
    return Math.max(open - this.running, 0);
  }
}
