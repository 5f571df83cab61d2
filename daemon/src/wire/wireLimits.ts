/** What a daemon takes from those who connect to it. */
export interface WireLimits {
  /** The largest message. Default 64 MiB. */
  maxFrameBytes: number;
  /** The largest message of somebody who has not shown the token yet. Default 64 KiB. */
  maxGreetingBytes: number;
  /** The longest header of a message. Default 4 KiB. */
  maxHeaderBytes: number;
  /** How long somebody who connects has for `hello`. Default 10 s. */
  helloTimeoutMs: number;
  /** Default 4,096. */
  maxConnections: number;
  /** Requests of one connection that have no answer yet. Default 1,024. */
  maxOpenRequests: number;
  /** Messages of one connection that were read and not looked at; reading stops at them. Default 256. */
  maxWaitingMessages: number;
  /** The same in bytes. Default 16 MiB. */
  maxWaitingBytes: number;
  /** Bytes for one connection that it has not read; it is sent no more and heard no more until it reads. Default 1 MiB. */
  maxBacklogBytes: number;
  /** Agent servers that have registered by HTTP, those among them that are gone and not forgotten yet. Default 1,000. */
  maxRegisteredServers: number;
}

export const defaultWireLimits: WireLimits = {
  maxFrameBytes: 64 * 2 ** 20,
  maxGreetingBytes: 64 * 2 ** 10,
  maxHeaderBytes: 4 * 2 ** 10,
  helloTimeoutMs: 10_000,
  maxConnections: 4096,
  maxOpenRequests: 1024,
  maxWaitingMessages: 256,
  maxWaitingBytes: 16 * 2 ** 20,
  maxBacklogBytes: 2 ** 20,
  maxRegisteredServers: 1000,
};
