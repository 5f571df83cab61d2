import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  /** Standard output and standard error, for a message that says why something failed. */
  readonly output: string;
}

/** Where a program runs; the environment is over this process's own. */
export interface Place {
  readonly cwd: string;
  readonly env: Record<string, string>;
}

/** Runs a program to its end; a failure is a value. */
export function run(command: string, args: readonly string[], where: string | Place): Promise<Finished> {
  const { cwd, env } = typeof where === "string" ? { cwd: where, env: {} } : where;
  const shell = process.platform === "win32";
  const options = { cwd, env: { ...process.env, ...env }, shell, maxBuffer: 2 ** 26, timeout: 200_000 };
  return new Promise((settle) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const exitCode = error ? (typeof error.code === "number" ? error.code : 1) : 0;
      settle({ exitCode, stdout, output: `${stdout}${stderr}${exitCode !== 0 ? (error?.message ?? "") : ""}` });
    });
  });
}

async function succeed(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { exitCode, stdout, output } = await run(command, args, cwd);
  if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")}, in ${cwd}, ended with ${exitCode}:\n${output}`);
  return stdout;
}

/** A package as `npm publish` would send it, in a folder that is removed on disposal. */
export class PackedPackage implements AsyncDisposable {
  private constructor(
    readonly tarball: string,
    readonly files: readonly string[],
    private readonly folder: string,
  ) {}

  static async of(packageFolder: string): Promise<PackedPackage> {
    const folder = await mkdtemp(join(tmpdir(), "agentscope-package-"));
    const stdout = await succeed("npm", ["pack", "--json", "--pack-destination", folder], packageFolder);
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as { filename: string; files: { path: string }[] }[];
    if (!packed) throw new Error(`npm pack reported no package: ${stdout}`);
    const paths = packed.files.map((file) => file.path);
    return new PackedPackage(join(folder, packed.filename), paths, folder);
  }

  /** A copy of `project`, outside of the repository, with the package installed as a user installs it. */
  async installInto(project: string, alsoInstall: readonly string[]): Promise<string> {
    const copy = join(this.folder, project.replaceAll(/\W+/g, "-").slice(-40));
    await cp(project, copy, { recursive: true });
    await succeed(
      "npm",
      ["install", "--no-audit", "--no-fund", "--prefer-offline", this.tarball, ...alsoInstall],
      copy,
    );
    return copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
