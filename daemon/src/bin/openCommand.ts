import { Command } from "commander";
import { spawn } from "node:child_process";
import { openPage } from "../protocol/index.js";
import { printJson, withDaemon } from "./withDaemon.js";

interface OpenOptions {
  print?: boolean;
  json?: boolean;
}

export function openCommand(): Command {
  return new Command("open")
    .description("the pages of the daemon, in a browser")
    .argument("[page]", "servers, runs, memory or resources", "servers")
    .option("--print", "print the address, and open nothing")
    .option("--json", "print the address as JSON, and open nothing")
    .action((page: string, options: OpenOptions) =>
      withDaemon(async (daemon) => {
        const { url } = await daemon.request(openPage, { page });
        if (options.json === true) return printJson({ url });
        process.stdout.write(`${url}\n`);
        if (options.print === true) return;
        const isOpen = await opensBrowser(url);
        process.stderr.write(
          isOpen
            ? "Opened in your browser.\n"
            : "Open this address in a browser of this machine. It lets in one browser, once, within two minutes.\n",
        );
      }),
    );
}

/** Whether the system has a program that opens addresses, and that took this one. */
async function opensBrowser(url: string): Promise<boolean> {
  const { platform, env } = process;
  if (platform === "linux" && env["DISPLAY"] === undefined && env["WAYLAND_DISPLAY"] === undefined) return false;
  const [command, ...args] =
    platform === "darwin"
      ? ["open", url]
      : platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler", url]
        : ["xdg-open", url];
  const opener = spawn(command ?? "", args, { stdio: "ignore", windowsHide: true });
  return new Promise((settle) => {
    opener.once("error", () => settle(false));
    opener.once("exit", (code) => settle(code === 0));
  });
}
