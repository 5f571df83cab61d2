import { workspace } from "vscode";
import { settingId } from "./contributions.js";

/** The person's settings, as they are at the moment. */
export const settings = {
  get startsDaemon(): boolean {
    return workspace.getConfiguration().get(settingId.startDaemon, true);
  },
  get timeoutMs(): number {
    return workspace.getConfiguration().get(settingId.timeoutSeconds, 10) * 1000;
  },
};
