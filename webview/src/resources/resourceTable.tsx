import { metrics } from "./metric.js";
import { LineMark } from "./lineMark.js";
import type { Metric } from "./metric.js";
import type { PlotContent, PlotLine } from "./plot.js";

/** The charts in numbers: of each server and metric the last one, and the highest of the time that is shown. */
export function ResourceTable({ contents }: { contents: ReadonlyMap<Metric, PlotContent> }) {
  const lines = contents.get(metrics[0] as Metric)?.lines ?? [];
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Resources as a table">
      <table>
        <caption class="heard">Last value and highest value of the time that is shown</caption>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Server
            </th>
            {metrics.map(({ id, title, explanation }) => (
              <th key={id} scope="colgroup" colSpan={2} title={explanation}>
                {title}
              </th>
            ))}
          </tr>
          <tr>
            {metrics.flatMap(({ id }) => [
              <th key={`${id} last`} scope="col" class="number">
                last
              </th>,
              <th key={`${id} highest`} scope="col" class="number">
                highest
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ serverId, name, style }, index) => (
            <tr key={serverId}>
              <th scope="row">
                <LineMark style={style} /> {name}
              </th>
              {metrics.flatMap((metric) => numbersOf(metric, contents.get(metric)?.lines[index]))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function numbersOf({ id, text }: Metric, line: PlotLine | undefined) {
  const values = (line?.points ?? []).filter((point) => typeof point === "number");
  const last = values.at(-1);
  return [
    <td key={`${id} last`} class="number">
      {last === undefined ? "–" : text(last)}
    </td>,
    <td key={`${id} highest`} class="number quiet">
      {last === undefined ? "–" : text(Math.max(...values))}
    </td>,
  ];
}
