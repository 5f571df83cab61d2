import { attachRun, attachServer, callsHappened, type ServerAnnouncement } from "agentscope-distributed/studio";
import { attachLanguage } from "../language/attachLanguage.js";
import type { Parts } from "../parts.js";
import type { Topic } from "../protocol/index.js";
import type { Guest, Welcoming } from "../wire/peer.js";
import { agentRequests } from "./agentRequests.js";
import { type DaemonControl, daemonRequests } from "./daemonRequests.js";
import { callingGuest, offeringClient } from "./editorModelRequests.js";
import { answerAll } from "./request.js";
import { isForPages } from "./pageMethods.js";
import { runRequests } from "./runRequests.js";
import { serverRequests } from "./serverRequests.js";
import { Subscriptions } from "./subscriptions.js";
import type { OpenView } from "./view.js";
import { agentsView } from "./views/agentsView.js";
import { logView } from "./views/logView.js";
import { memoryView } from "./views/memoryView.js";
import { resourcesView } from "./views/resourcesView.js";
import { runView } from "./views/runView.js";
import { treeView } from "./views/treeView.js";

/**
 * Sets up what a guest can ask, by who it is.
 *
 * @param watching has what each guest watches, while it is there
 */
export function welcoming(
  daemon: DaemonControl,
  { parts, watching }: { parts: Parts; watching: Set<Subscriptions> },
): Welcoming {
  return (guest) => {
    switch (guest.client.kind) {
      case "editor":
      case "terminal":
      case "browser":
        return welcomePerson(guest, daemon, { parts, watching });
      case "script":
        return welcomeScript(guest, parts);
      case "server":
        return welcomeServer(guest, parts);
    }
  };
}

function welcomePerson(
  guest: Guest,
  daemon: DaemonControl,
  { parts, watching }: { parts: Parts; watching: Set<Subscriptions> },
): () => void {
  const { log, servers } = parts;
  const mayAsk = guest.client.kind === "browser" ? isForPages : () => true;
  const subscriptions = new Subscriptions(guest, (topic) => viewOf(topic, parts));
  watching.add(subscriptions);
  const offering = offeringClient(guest, parts.models);
  const answers = [
    ...daemonRequests(daemon, log),
    ...serverRequests(servers),
    ...agentRequests(parts),
    ...runRequests(parts, guest.client.name),
    ...offering.answers,
    ...subscriptions.answers,
  ];
  answerAll(
    guest.connection,
    answers.filter(({ method }) => mayAsk(method)),
  );
  const endLanguage = guest.client.kind === "browser" ? () => {} : attachLanguage(guest.connection, parts);
  return () => {
    endLanguage();
    offering.leave();
    subscriptions[Symbol.dispose]();
    watching.delete(subscriptions);
  };
}

function welcomeScript(guest: Guest, { runs, models }: Parts): () => void {
  const { connection, origin } = guest;
  // It hears of the connection's end by itself.
  connection.onRequest(attachRun, (announcement) => runs.attach(connection, announcement, origin));
  return callingGuest(guest, models);
}

function welcomeServer(guest: Guest, parts: Parts): () => void {
  const { connection, origin } = guest;
  const { servers, placeholders, instances } = parts;
  const endCalls = callingGuest(guest, parts.models);
  let attached: ServerAnnouncement | undefined;
  connection.onRequest(attachServer, async (announcement) => {
    const answer = await servers.attach(connection, announcement, origin);
    attached = announcement;
    const { instance, parentInstance } = announcement;
    if (parentInstance !== undefined) instances.addChild(instance, parentInstance);
    return answer;
  });
  connection.onNotification(callsHappened, (batch) => {
    if (attached !== undefined) placeholders.take(batch, { instance: attached.instance });
  });
  return () => {
    endCalls();
    if (attached !== undefined) placeholders.tellerGone(attached.instance);
  };
}

function viewOf(topic: Topic, parts: Parts): OpenView {
  switch (topic.topic) {
    case "tree":
      return treeView(parts);
    case "agents":
      return agentsView(parts.servers, topic);
    case "resources":
      return resourcesView(parts.servers, topic);
    case "memory":
      return memoryView(parts.servers, topic);
    case "run":
      return runView(parts, topic.runId);
    case "log":
      return logView(parts.log, topic.source);
  }
}
