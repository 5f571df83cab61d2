import type { TelemetrySource } from "../telemetry/openTelemetry.js";
import { startTelemetry } from "../telemetry/startTelemetry.js";
import type { AgentHost } from "./agentHost.js";
import { relayPrefix } from "./relayId.js";

/**
 * Tells OpenTelemetry of a thread's agents and calls, if somebody is there to be told.
 *
 * @param runName of the run that this thread is the script of; in other threads none.
 */
export function tellOfHost(host: AgentHost, source: TelemetrySource, runName?: () => string): void {
  const gauges = {
    agents: () => {
      let own = 0;
      for (const id of host.agents.keys()) if (!id.startsWith(relayPrefix)) own++;
      return own;
    },
    queued: () => host.counters.queued,
    running: () => host.counters.running,
  };
  startTelemetry(source, gauges, runName);
}
