import { renameSync, rmSync, writeFileSync } from "node:fs";
import { type Discovery, discoveryPath, readDiscovery } from "agentscope-distributed/studio";
import { answers } from "./answers.js";
import type { Home } from "./home.js";
import { isAlive } from "./isAlive.js";

/** The daemon of a home that is there; undefined when there is none, or only the file of one that is gone. */
export async function livingDaemon(home: Home): Promise<Discovery | undefined> {
  const found = readDiscovery(discoveryPath(home.folder));
  return found !== undefined && isAlive(found.pid) && (await answers(found.pipe)) ? found : undefined;
}

/** The file appears whole, and its owner alone can read it. */
export function publish(home: Home, discovery: Discovery): void {
  const path = discoveryPath(home.folder);
  const whole = `${path}.${discovery.instance}`;
  writeFileSync(whole, `${JSON.stringify(discovery, null, 2)}\n`, { mode: 0o600 });
  renameSync(whole, path);
}

/** Unless it names another daemon by now. */
export function withdraw(home: Home, instance: string): void {
  const path = discoveryPath(home.folder);
  if (readDiscovery(path)?.instance === instance) rmSync(path, { force: true });
}
