import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Installs the Debian packages of commands that are missing, where that is possible: as root on a system with apt-get.
 *
 * @param {Record<string, string>} packages by command.
 * @throws Error which names what is missing and what to do.
 */
export function needCommands(packages) {
  const wanted = Object.entries(packages).filter(([command]) => commandPath(command) === undefined);
  if (wanted.length === 0) return;
  const missing = wanted.map(([command]) => command);
  const names = [...new Set(wanted.map(([, name]) => name))];
  const install = `apt-get install ${names.join(" ")}`;
  const need = `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} needed and not there`;
  if (process.getuid?.() !== 0 || commandPath("apt-get") === undefined) {
    throw new Error(`${need}. On Debian, as root: ${install}`);
  }
  console.error(`Installing ${names.join(", ")} …`);
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", ...names]]) {
    // Other processes may be installing at this moment: apt-get waits for them.
    const done = spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", "--quiet=2", ...args], {
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (done.status !== 0) throw new Error(`${need}, and ${install} failed:\n${done.stdout}${done.stderr}`);
  }
}

/** @param {string} command */
export function commandPath(command) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}
