import type { ViewKind } from "../webviews/viewKind.js";

/** All servers, or one of them at first. */
export interface ResourcesSubject {
  serverId?: string;
  /** Of the server, for the person. */
  name?: string;
}

/** What servers use over time. */
export const resourcesView: ViewKind<ResourcesSubject> = {
  page: "resources",
  icon: "resources",
  title: ({ name }) => (name === undefined ? "Resources" : `Resources of ${name}`),
  key: ({ serverId }) => serverId ?? "",
  restore: (kept) => {
    const { serverId, name } = (kept ?? {}) as Record<string, unknown>;
    return typeof serverId === "string" && typeof name === "string" ? { serverId, name } : {};
  },
  allowed: { requests: [], topics: ["tree", "resources"] },
  actions: [],
};
