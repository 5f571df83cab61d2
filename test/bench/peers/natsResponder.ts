import { connect } from "@nats-io/transport-node";
import { listening } from "../peerProcess.js";

const connection = await connect({ servers: `127.0.0.1:${process.argv[2]}` });
connection.subscribe("echo", {
  callback: (_error, message) => void message.respond(JSON.stringify(message.json())),
});
await connection.flush();
listening({});
