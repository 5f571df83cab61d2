import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TemporaryFolder } from "../processes/temporaryFolder.js";

// This module lies below test/dist/.
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A copy of a folder of `workspaces/` that a person would open: with the SDK installed, and writable. */
export class Workspace implements AsyncDisposable {
  private constructor(private readonly folder: TemporaryFolder) {}

  static async copy(name: string): Promise<Workspace> {
    const folder = await TemporaryFolder.make();
    await cp(join(root, "test/e2e/workspaces", name), folder.path, { recursive: true });
    return Workspace.withSdk(folder);
  }

  /** One with the SDK and nothing else. */
  static async empty(): Promise<Workspace> {
    return Workspace.withSdk(await TemporaryFolder.make());
  }

  private static async withSdk(folder: TemporaryFolder): Promise<Workspace> {
    await symlink(join(root, "node_modules"), folder.file("node_modules"));
    return new Workspace(folder);
  }

  get path(): string {
    return this.folder.path;
  }

  file(name: string): string {
    return this.folder.file(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}
