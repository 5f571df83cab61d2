import { settings } from "../orchestration/settings.js";
import { type StudioAddress, studioAddress, withStudioAccess } from "./studioAddress.js";

/**
 * The daemon that this program has to do with, as `init` and the environment say.
 *
 * @throws InvalidArgumentError when its name is no http address.
 */
export function scriptStudio(): StudioAddress | undefined {
  const { studioUrl, studioToken, studioTls } = settings;
  return studioAddress(studioUrl, withStudioAccess({ token: studioToken, tls: studioTls }));
}
