import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";
import type { Shell } from "../shell/shell.js";
import { Chart } from "./chart.js";
import { Legend } from "./legend.js";
import { type Place, placeOf } from "./place.js";
import { ResourcesModel } from "./resourcesModel.js";
import { ResourceTable } from "./resourceTable.js";
import { TimeControls } from "./timeControls.js";
import { live, part, type TimeWindow, zoomed } from "./timeWindow.js";
import { useTheme } from "./useTheme.js";

/** A server to show alone at first; undefined: all. */
export interface ResourcesSubject {
  serverId?: string;
}

export interface ResourcesViewProps {
  daemon: Daemon;
  subject: ResourcesSubject;
  shell: Pick<Shell, "place" | "keepPlace">;
}

/** Servers tell of themselves once a second, each at its own moment; all are drawn together. */
const redrawMs = 1000;

export function ResourcesView({ daemon, shell, subject }: ResourcesViewProps) {
  const kept = useMemo(() => placeOf(shell.place), []);
  const [window, setWindow] = useState<TimeWindow>({ kind: "live", lengthMs: kept.lengthMs });
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set(kept.hidden));
  const [isTable, setTable] = useState(kept.isTable);
  const theme = useTheme();
  const { model, nowMs } = useModel(daemon, window.kind === "live");
  const { servers, link, isLoaded } = model;

  const ids = servers.map(({ serverId }) => serverId);
  const isNew = useMemo(() => shell.place == null, []);
  useHideOthers(subject, { servers: ids, isNew }, (others) => setHidden((before) => new Set([...before, ...others])));
  useEffect(
    () => shell.keepPlace({ lengthMs: window.lengthMs, hidden: [...hidden], isTable } satisfies Place),
    [window.lengthMs, hidden, isTable],
  );

  const contents = useMemo(() => model.contents(window, hidden, nowMs), [model, window, hidden, nowMs]);
  return (
    <main class="resources">
      <header>
        <h1>Resources</h1>
        {link.kind === "lost" && (
          <p class="lost" role="status">
            {link.reason}
          </p>
        )}
        <TimeControls window={window} isTable={isTable} onWindow={setWindow} onTable={setTable} />
      </header>
      <Legend
        servers={servers}
        styleOf={(serverId) => model.palette.of(serverId)}
        hidden={hidden}
        onHidden={setHidden}
      />
      {servers.length === 0 ? (
        <p class="nothing">{isLoaded ? "No agent server is there. Its curves begin with its start." : "Loading …"}</p>
      ) : isTable ? (
        <ResourceTable contents={contents} />
      ) : (
        <div class="charts">
          {[...contents].map(([metric, content]) => (
            <Chart
              key={metric.id}
              metric={metric}
              content={content}
              theme={theme}
              onSelect={(fromMs, toMs) => setWindow(part(window, fromMs, toMs))}
              onZoom={(factor, aroundMs) => setWindow(zoomed(window, factor, { aroundMs, nowMs: Date.now() }))}
              onLive={() => setWindow(live(window))}
            />
          ))}
        </div>
      )}
    </main>
  );
}

/** The model, and the time up to which it is to be drawn. What is not seen is not drawn. */
function useModel(daemon: Daemon, isLive: boolean): { model: ResourcesModel; nowMs: number } {
  const [nowMs, setNow] = useState(() => Date.now());
  const redraw = useRef(() => {});
  redraw.current = () => setNow(Date.now());
  const model = useMemo(
    () =>
      new ResourcesModel(
        daemon,
        later(() => redraw.current()),
      ),
    [daemon],
  );
  useEffect(() => () => model.close(), [model]);
  useEffect(() => {
    const tick = () => {
      if (document.visibilityState === "visible") redraw.current();
    };
    document.addEventListener("visibilitychange", tick);
    // The curves move on also while no server tells anything.
    const timer = isLive ? setInterval(tick, redrawMs) : undefined;
    return () => {
      document.removeEventListener("visibilitychange", tick);
      clearInterval(timer);
    };
  }, [isLive]);
  return { model, nowMs };
}

/** Calls it at once the first time, and later once for all calls of a moment. */
function later(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (document.visibilityState === "visible") act();
    }, 200);
  };
}

/** A view that was opened for a server shows that one: others are hidden when they are first known of, unless it is as it was left. */
function useHideOthers(
  { serverId }: ResourcesSubject,
  { servers, isNew }: { servers: readonly string[]; isNew: boolean },
  hide: (serverIds: readonly string[]) => void,
): void {
  const known = useRef(new Set<string>());
  useEffect(() => {
    if (serverId === undefined) return;
    const others = servers.filter((other) => other !== serverId && !known.current.has(other));
    const isFirst = known.current.size === 0;
    for (const other of others) known.current.add(other);
    if (others.length > 0 && (isNew || !isFirst)) hide(others);
  }, [serverId, servers.join("\n")]);
}
