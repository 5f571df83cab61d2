import type { StudioOptions } from "../server/serverOptions.js";
import { scriptStudio } from "../studio/scriptStudio.js";

/**
 * The daemon that a child of a script tells of itself: the script's own, where it knows one.
 *
 * @param parentInstance of the script's process.
 * @throws InvalidArgumentError when the name is no http address.
 */
export function studioOfChild(parentInstance: string): StudioOptions | undefined {
  const address = scriptStudio();
  if (address === undefined) return undefined;
  // One that was found is looked for again by the child: it may have been started again meanwhile.
  const { url, token, tls } = address.isNamed ? address : { url: undefined, token: undefined, tls: address.tls };
  return { url, token, tls, kind: "child", parentInstance };
}
