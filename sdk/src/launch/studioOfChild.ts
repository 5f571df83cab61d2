import type { StudioOptions } from "../server/serverOptions.js";
import { studioAddress } from "../studio/studioAddress.js";

/**
 * The daemon that a child of a script tells of itself: the script's own, where it knows one.
 *
 * @param named as `init` was given it.
 * @param parentInstance of the script's process.
 * @throws InvalidArgumentError when the name is no http address.
 */
export function studioOfChild(named: string | undefined, parentInstance: string): StudioOptions | undefined {
  const address = studioAddress(named);
  if (address === undefined) return undefined;
  // One that was found is looked for again by the child: it may have been started again meanwhile.
  const { url, token } = address.isNamed ? address : { url: undefined, token: undefined };
  return { url, token, kind: "child", parentInstance };
}
