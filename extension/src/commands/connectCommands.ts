import {
  connectServer,
  forgetServer,
  type ServerRow,
  type ServerSecrets,
} from "agentscope-distributed-daemon/protocol";
import { formatAddress } from "agentscope-distributed/studio";
import { CancellationError, window } from "vscode";
import { type CommandId, commandId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { DaemonFailure } from "../daemon/daemonFailure.js";
import type { DaemonState } from "../daemon/daemonState.js";
import { askCertificates, askToken } from "../servers/askSecrets.js";
import type { KeptSecrets } from "../servers/serverSecrets.js";
import type { ServerTree } from "../views/serverTree.js";
import { type Command, CommandError } from "./command.js";
import { withProgress } from "./progress.js";
import { parseServerAddress, type ServerAt } from "./serverAddress.js";

export interface ConnectCommandParts {
  client: DaemonClient;
  state: DaemonState;
  tree: ServerTree;
  secrets: KeptSecrets;
}

const title = "Connect to Agent Server";

export function connectCommands({
  client,
  state,
  tree,
  secrets,
}: ConnectCommandParts): Partial<Record<CommandId, Command>> {
  const connect = (at: ServerAt, shown: ServerSecrets) =>
    withProgress(`Connecting to ${formatAddress(at.host, at.port)}`, (signal) =>
      client.request(connectServer, { ...at, ...shown }, { signal }),
    );

  /** Asks the person for what the server wants to see, until it lets in; what does is kept. */
  async function connectAsking(at: ServerAt): Promise<ServerRow> {
    const address = formatAddress(at.host, at.port);
    const kept = await secrets.of(address);
    let shown: ServerSecrets = kept ?? {};
    for (;;) {
      try {
        const row = await connect(at, shown);
        if (shown !== kept && Object.keys(shown).length > 0) await secrets.keep(address, shown);
        return row;
      } catch (error) {
        if (!(error instanceof DaemonFailure) || error.wants === undefined) throw error;
        const { token, tls } = shown;
        const why = tls === undefined ? undefined : error.message;
        shown =
          error.wants === "token"
            ? { ...shown, token: await askToken(address, { isAgain: token !== undefined }) }
            : { ...shown, tls: await askCertificates(address, { why }) };
      }
    }
  }

  return {
    async [commandId.connectServer]() {
      const address = await window.showInputBox({
        title,
        prompt: "Where the server listens; what it wants to see is asked for then",
        placeHolder: "HOST:PORT",
        validateInput: (text) => (parseServerAddress(text) ? undefined : "Write HOST:PORT, such as 10.0.0.2:12001"),
      });
      const at = address === undefined ? undefined : parseServerAddress(address);
      if (!at) throw new CancellationError();
      const row = await connectAsking(at);
      await tree.reveal(row.serverId);
    },

    async [commandId.forgetServerSecrets]() {
      const addresses = await secrets.addresses();
      if (addresses.length === 0) throw new CommandError("No token or certificate of an agent server is kept.");
      const chosen = await window.showQuickPick(addresses, {
        title: "Forget Tokens and Certificates",
        placeHolder: "Agent servers whose token or certificates this editor keeps",
        canPickMany: true,
      });
      if (!chosen || chosen.length === 0) throw new CancellationError();
      await secrets.forget(chosen);
      // The daemon has them until it lets go of the servers.
      const rows = [...state.servers.values()].filter(
        (row) => row.kind === "remote" && chosen.includes(formatAddress(row.host, row.port)),
      );
      await Promise.all(rows.map(({ serverId }) => client.request(forgetServer, { serverId })));
    },
  };
}
