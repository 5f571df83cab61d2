import type { LogBook } from "../log/logBook.js";
import { StudioError } from "../errors.js";
import type { Topic } from "../protocol/index.js";
import type { Guest, Welcoming } from "../wire/peer.js";
import { type DaemonControl, daemonRequests } from "./daemonRequests.js";
import { answerAll } from "./request.js";
import { Subscriptions } from "./subscriptions.js";
import type { OpenView } from "./view.js";
import { logView } from "./views/logView.js";

/** What those who connect can ask for. */
export interface Parts {
  daemon: DaemonControl;
  log: LogBook;
}

/** Sets up what a guest can ask, by who it is. */
export function welcoming(parts: Parts): Welcoming {
  return (guest) => {
    switch (guest.client.kind) {
      case "editor":
      case "terminal":
      case "browser":
        return welcomePerson(guest, parts);
      case "script":
      case "server":
        return () => {};
    }
  };
}

function welcomePerson(guest: Guest, parts: Parts): () => void {
  const subscriptions = new Subscriptions(guest, (topic) => viewOf(topic, parts));
  answerAll(guest.connection, [...daemonRequests(parts.daemon, parts.log), ...subscriptions.answers], parts.log);
  return () => subscriptions[Symbol.dispose]();
}

function viewOf(topic: Topic, { log }: Parts): OpenView {
  if (topic.topic === "log") return logView(log, topic.source);
  throw StudioError.refused(`${topic.topic} can't be watched yet`);
}
