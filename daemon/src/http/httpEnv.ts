import type { HttpBindings } from "@hono/node-server";

/** What the routes know of a request. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Whether the daemon's token was shown. Without it a request acts on servers that let in everybody, and on no other. */
    isOwner: boolean;
  };
}
