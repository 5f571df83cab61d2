/** A reference to the result of a call, complete when the call is made. */
export interface TaskReference {
  /** `host:port` of the server that has the agent. */
  address: string;
  /** Whether it lets others in with the token of this one, and which others: the realm of what the server said of itself. */
  realm: string;
  /** Tells the server from one that was started again at that address. */
  instance: string;
  /** The lane of the agent's worker. */
  lane: number;
  /** The name of the caller's end of its session. */
  caller: string;
  /** The caller's number of the call. */
  seq: number;
}
