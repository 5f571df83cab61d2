import type { ServerSecrets } from "agentscope-distributed-daemon/protocol";
import { CancellationError, type QuickPickItem, Uri, window, workspace } from "vscode";
import { CommandError } from "../commands/command.js";

/** @throws CancellationError when the person does not want to say it. */
export async function askToken(address: string, { isAgain }: { isAgain: boolean }): Promise<string> {
  const token = await window.showInputBox({
    title: `Connect to ${address}`,
    prompt: isAgain ? "That is not the server's token, or it has expired. Its token" : "The server asks for its token",
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === "" ? "Paste the token; as-server token makes one from the server's secret" : undefined,
  });
  if (token === undefined) throw new CancellationError();
  return token;
}

interface Trust extends QuickPickItem {
  read: () => Promise<ServerSecrets["tls"]>;
}

/** @throws CancellationError; CommandError when the chosen folder lacks a file. */
export async function askCertificates(
  address: string,
  { why }: { why: string | undefined },
): Promise<NonNullable<ServerSecrets["tls"]>> {
  const choices: Trust[] = [
    {
      label: "Choose the Folder of Certificates…",
      detail: "ca.pem, and client.pem with client.key where the server wants yours, as as-server cert makes them",
      read: chosenFolder,
    },
    {
      label: "Trust Public Authorities",
      detail: "One of them has signed the server's certificate, and it wants none of yours",
      read: async () => ({}),
    },
  ];
  const chosen = await window.showQuickPick(choices, {
    title: `Connect to ${address}`,
    placeHolder: why ?? "The server has TLS",
    ignoreFocusOut: true,
  });
  const tls = await chosen?.read();
  if (tls === undefined) throw new CancellationError();
  return tls;
}

async function chosenFolder(): Promise<ServerSecrets["tls"]> {
  const [folder] =
    (await window.showOpenDialog({
      title: "Folder with ca.pem, client.pem and client.key",
      openLabel: "Use These Certificates",
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (folder === undefined) return undefined;
  const [ca, cert, key] = await Promise.all(["ca.pem", "client.pem", "client.key"].map((name) => textOf(folder, name)));
  if (ca === undefined)
    throw new CommandError(`${folder.fsPath} has no file ca.pem: the certificate of who has signed the server's.`);
  if ((cert === undefined) !== (key === undefined)) {
    throw new CommandError(`${folder.fsPath} has but one of client.pem and client.key, which belong together.`);
  }
  return { ca, ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

async function textOf(folder: Uri, name: string): Promise<string | undefined> {
  try {
    return Buffer.from(await workspace.fs.readFile(Uri.joinPath(folder, name))).toString("utf8");
  } catch {
    return undefined;
  }
}
