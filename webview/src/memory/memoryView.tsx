import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";
import { type AgentSubject, MemoryModel } from "./memoryModel.js";

export function MemoryView({ daemon, subject }: { daemon: Daemon; subject: AgentSubject }) {
  const model = useMemo(() => new MemoryModel(daemon, subject), [daemon, subject]);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const stop = model.changes.on(() => redraw(undefined));
    return () => {
      stop();
      model.close();
    };
  }, [model]);
  return (
    <main class="messages" aria-label={`Memory of ${subject.name}`}>
      {model.total} messages
    </main>
  );
}
