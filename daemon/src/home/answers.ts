import { connect } from "node:net";
import { isOutOfDescriptors } from "../processes/descriptors.js";

const timeoutMs = 2000;

/** Whether somebody listens on a pipe. Also when it is too busy to accept, or no descriptor is left to ask: that tells nothing of its process. */
export function answers(pipe: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(pipe);
    const done = (isThere: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      settle(isThere);
    };
    const timer = setTimeout(() => done(true), timeoutMs);
    socket.once("connect", () => done(true));
    // EAGAIN: its queue of connections is full.
    socket.once("error", (error: NodeJS.ErrnoException) => done(error.code === "EAGAIN" || isOutOfDescriptors(error)));
  });
}
