/** What an agent server uses and does, at one moment. */
export interface ResourceSample {
  /** Milliseconds since 1970, by the clock of the server's machine. */
  atMs: number;
  /** Processor time of the process since the last sample, in percent of one processor. */
  cpuPercent: number;
  /** Resident memory, in bytes. */
  memoryBytes: number;
  /** 99th percentile of the delay of the I/O thread's event loop since the last sample, in milliseconds. */
  eventLoopDelayMs: number;
  /** Agents. */
  agents: number;
  /** Agents whose call's turn is on. */
  running: number;
  /** Calls that wait for their turn or their inputs. */
  queued: number;
  /** Calls that ended since the last sample, for each second. */
  callsPerSecond: number;
}
