import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";

/** What is used of grpc-js, in a module of its own: it is loaded when it is needed, here and in the bundle. */
export { Client, credentials, Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";

// What goes wrong is told by our errors; grpc-js would print a line of its own before. Its variables still have their say.
if (process.env["GRPC_VERBOSITY"] === undefined) setLogVerbosity(logVerbosity.NONE);
