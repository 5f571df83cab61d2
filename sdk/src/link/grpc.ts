/** What is used of grpc-js, in a module of its own: it is loaded when it is needed, here and in the bundle. */
export { Client, credentials, Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
