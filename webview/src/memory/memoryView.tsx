import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";
import type { Shell } from "../shell/shell.js";
import { ToolButton } from "../theme/toolButton.js";
import { exportMemory } from "./exportMemory.js";
import { type AgentSubject, MemoryModel } from "./memoryModel.js";
import { keptPlace } from "./memoryPlace.js";
import { matchFrom, type MemoryQuery } from "./memorySearch.js";
import { MessageList, type MessageListControl, type ReadingPlace } from "./messageList.js";
import { Notice } from "./notice.js";
import { SearchBar } from "./searchBar.js";
import { useListing } from "./useListing.js";
import { activityOf, countOf, resultOf } from "./words.js";

export interface MemoryViewProps {
  daemon: Daemon;
  shell: Shell;
  subject: AgentSubject;
}

/** What an agent remembers, as a conversation that goes on. */
export function MemoryView({ daemon, shell, subject }: MemoryViewProps) {
  const model = useMemoryModel(daemon, subject);
  const [begin] = useState(() => keptPlace(shell.place));
  const [query, setQuery] = useState<MemoryQuery>(begin.query);
  const [reading, setReading] = useState<ReadingPlace>(begin.reading);
  const [match, setMatch] = useState<number>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const list = useRef<MessageListControl>(null);
  const field = useRef<HTMLInputElement>(null);
  const listing = useListing(model, query);
  const { total } = model;
  const activity = activityOf(model.row);

  /** How many messages there were when the person was last at the end. */
  const seen = useRef(0);
  if (reading === "end" || seen.current === 0 || seen.current > (total ?? 0)) seen.current = total ?? 0;
  const unseen = (total ?? 0) - seen.current;

  useEffect(() => shell.keepPlace({ query, reading }), [shell, query, reading]);
  useEffect(() => {
    const find = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "f" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      field.current?.select();
    };
    window.addEventListener("keydown", find);
    return () => window.removeEventListener("keydown", find);
  }, []);

  const show = (place: number | undefined) => {
    setMatch(place);
    if (place !== undefined) list.current?.show(place);
  };
  const step = (direction: "next" | "previous") => {
    show(matchFrom(listing.found, match ?? firstRead(reading, listing.count) - 1, direction));
  };
  // The first match is shown as soon as it is known: from the place where the person reads on.
  const { found } = listing;
  const isStale = match === undefined ? found.length > 0 : !found.includes(match);
  useEffect(() => {
    if (isStale) show(matchFrom(found, firstRead(reading, listing.count) - 1, "next"));
  }, [isStale, found]);

  const attempt = useCallback(async (work: () => Promise<unknown>) => {
    setFailure(undefined);
    setBusy(true);
    try {
      await work();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }, []);
  const copyText = useCallback((text: string) => shell.copyText(text), [shell]);

  return (
    <main class="memory">
      <h1 class="heard">Memory of {subject.name}</h1>
      <div class="bar">
        <SearchBar
          query={query}
          field={field}
          result={resultOf(query, listing, match)}
          hasMatches={found.length > 0}
          onQuery={setQuery}
          onStep={step}
        />
        <span class="quiet total" role="status">
          {total === undefined ? "" : countOf(total, query.role === "" ? undefined : listing.count)}
        </span>
        <span class="activity" data-state={activity.split(" ")[0]}>
          {activity}
        </span>
        <ToolButton
          icon="save"
          label="Export as JSON"
          disabled={busy || !total}
          onClick={() => void attempt(() => exportMemory(model, { shell, name: subject.name }))}
        />
        {shell.actions.map((action) => (
          <ToolButton
            key={action.id}
            icon={action.icon}
            label={action.title}
            disabled={busy}
            onClick={() => void attempt(() => shell.act(action))}
          />
        ))}
      </div>
      <Notice model={model} name={subject.name} failure={failure ?? listing.failure} />
      {total !== undefined && total > 0 && (
        <MessageList
          label={`Messages of ${subject.name}`}
          model={model}
          listing={listing}
          text={query.text}
          match={match}
          begin={reading}
          control={list}
          onRead={setReading}
          copyText={copyText}
        />
      )}
      {unseen > 0 && (
        <button type="button" class="button unseen" onClick={() => list.current?.toEnd()}>
          {unseen === 1 ? "1 new message" : `${unseen.toLocaleString("en-US")} new messages`} ↓
        </button>
      )}
    </main>
  );
}

function useMemoryModel(daemon: Daemon, subject: AgentSubject): MemoryModel {
  const model = useMemo(() => new MemoryModel(daemon, subject), [daemon, subject]);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const stop = model.changes.on(() => redraw(undefined));
    return () => {
      stop();
      model.close();
    };
  }, [model]);
  return model;
}

function firstRead(reading: ReadingPlace, count: number): number {
  return reading === "end" ? Math.max(0, count - 1) : reading.place;
}
