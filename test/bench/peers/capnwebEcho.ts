import { RpcTarget } from "capnweb";
import type { PlainMessage } from "../echoMessage.js";

/** What capnweb's client calls. */
export class CapnwebEcho extends RpcTarget {
  echo(message: PlainMessage): PlainMessage {
    return message;
  }
}
