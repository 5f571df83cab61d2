import { type Discovery, discoveryPath, readDiscovery } from "agentscope-distributed/studio";
import { livingDaemon, publish } from "./discoveryFile.js";
import type { Home } from "./home.js";

const intervalMs = 2000;

/**
 * Looks after the discovery file: one that was deleted is written again, and when it names another living daemon this one is told.
 * So there is one daemon in the end, whatever happened to the folder. Gives what stops it.
 */
export function watchHome(home: Home, own: Discovery, replaced: (by: Discovery) => void): () => void {
  const look = async () => {
    if (readDiscovery(discoveryPath(home.folder))?.instance === own.instance) return;
    const other = await livingDaemon(home);
    if (isStopped || other?.instance === own.instance) return;
    if (other !== undefined) return replaced(other);
    try {
      publish(home, own);
    } catch {
      // The folder is gone or the disk is full: tried again the next time.
    }
  };
  let isStopped = false;
  const timer = setInterval(() => void look(), intervalMs).unref();
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}
