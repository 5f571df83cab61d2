/** A program that imports the client, tells what that loaded, asks a server once if given a port, and has nothing more to do. */
import { createRequire } from "node:module";
import { RpcAgentClient } from "../../src/client/rpcAgentClient.js";

const heavy = ["@grpc/grpc-js", "protobufjs"];
const loaded = Object.keys(createRequire(import.meta.url).cache);
const loadedHeavy = heavy.filter((name) => loaded.some((file) => file.includes(`node_modules/${name}/`)));

const port = process.argv[2];
const client = new RpcAgentClient({ host: "127.0.0.1", port: Number(port) });
const isAlive = port === undefined ? undefined : await client.isAlive();
process.stdout.write(JSON.stringify({ loadedHeavy, isAlive }));
