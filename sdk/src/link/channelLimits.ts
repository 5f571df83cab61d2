/** What a channel (channel.ts) has on its way at a time, and what it takes. */
export interface ChannelLimits {
  /** Bytes on their way to one thread that has not said yet that they arrived; one frame may go past it. Default 4 MiB. */
  windowBytes: number;
  /** Bytes of a large value that are sent at once; calls and results wait for no more of it. Default 256 KiB. */
  chunkBytes: number;
  /** The largest value that is accepted. Default 1 GiB. */
  maxMessageBytes: number;
}

export const defaultChannelLimits: ChannelLimits = {
  windowBytes: 4 * 1024 * 1024,
  chunkBytes: 256 * 1024,
  maxMessageBytes: 1024 * 1024 * 1024,
};

/** A chunk travels as one gRPC message, which is in memory as a whole at both ends. */
export const maxChunkBytes = 64 * 1024 * 1024;
