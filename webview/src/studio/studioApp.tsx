import { useEffect, useMemo, useState } from "preact/hooks";
import type { Daemon, LinkState } from "../daemon/daemon.js";
import { ResourcesView } from "../resources/resourcesView.js";
import { browserShell } from "./browserShell.js";
import { ConfirmProvider } from "./confirm.js";
import { AgentChoice, MemoryPage } from "./memoryPage.js";
import { Navigation, useRoute } from "./navigation.js";
import type { Route } from "./route.js";
import { RunPage } from "./runPage.js";
import { RunsPage } from "./runsPage.js";
import { ServersPage } from "./serversPage.js";
import { type Tree, useTree } from "./treeModel.js";

const titles: Record<Route["page"], string> = {
  servers: "Servers",
  runs: "Runs",
  memory: "Memory",
  resources: "Resources",
};

export function StudioApp({ daemon }: { daemon: Daemon }) {
  const route = useRoute();
  const tree = useTree(daemon);
  const link = useLink(daemon);
  useEffect(() => {
    document.title = `${titles[route.page]} · AgentScope`;
  }, [route.page]);
  return (
    <ConfirmProvider>
      <div class="studio">
        <Navigation current={route.page} />
        <div class="content">
          <div class="link-state" role="status">
            {link.kind === "lost" && <p>{link.reason}</p>}
          </div>
          <Page route={route} daemon={daemon} tree={tree} />
        </div>
      </div>
    </ConfirmProvider>
  );
}

function Page({ route, daemon, tree }: { route: Route; daemon: Daemon; tree: Tree | undefined }) {
  switch (route.page) {
    case "servers":
      return <ServersPage daemon={daemon} tree={tree} />;
    case "runs":
      return route.runId === undefined ? (
        <RunsPage daemon={daemon} tree={tree} />
      ) : (
        <RunPage daemon={daemon} runId={route.runId} />
      );
    case "memory":
      return route.agent === undefined ? (
        <AgentChoice daemon={daemon} tree={tree} />
      ) : (
        <MemoryPage daemon={daemon} {...route.agent} />
      );
    case "resources":
      return <ResourcesPage key={route.serverId} daemon={daemon} serverId={route.serverId} />;
  }
}

function ResourcesPage({ daemon, serverId }: { daemon: Daemon; serverId: string | undefined }) {
  const shell = useMemo(() => browserShell(`resources ${serverId ?? ""}`), [serverId]);
  return <ResourcesView daemon={daemon} shell={shell} subject={serverId === undefined ? {} : { serverId }} />;
}

function useLink(daemon: Daemon): LinkState {
  const [link, setLink] = useState<LinkState>({ kind: "connecting" });
  useEffect(() => daemon.onLink(setLink), [daemon]);
  return link;
}
