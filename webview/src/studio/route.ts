/** Which page an address means. */
export type Route =
  | { page: "servers" }
  | { page: "runs"; runId?: string }
  | { page: "memory"; agent?: { serverId: string; agentId: string } }
  | { page: "resources"; serverId?: string };

export const pagesPath = "/studio";

export function routeOf(path: string): Route {
  const [page, first, second] = path.slice(pagesPath.length).split("/").filter(Boolean).map(decoded);
  switch (page) {
    case "runs":
      return { page, ...(first !== undefined && { runId: first }) };
    case "memory":
      return first === undefined || second === undefined
        ? { page }
        : { page, agent: { serverId: first, agentId: second } };
    case "resources":
      return { page, ...(first !== undefined && { serverId: first }) };
    default:
      return { page: "servers" };
  }
}

export function addressOf(route: Route): string {
  const parts: (string | undefined)[] = [route.page];
  if (route.page === "runs") parts.push(route.runId);
  if (route.page === "resources") parts.push(route.serverId);
  if (route.page === "memory") parts.push(route.agent?.serverId, route.agent?.agentId);
  const segments = parts.filter((part) => part !== undefined).map(encodeURIComponent);
  return [pagesPath, ...segments].join("/");
}

/** What is no encoded text stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
