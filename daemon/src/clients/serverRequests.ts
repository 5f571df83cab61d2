import { checkModelConfigs as checkConfigs } from "agentscope-distributed/studio";
import { z } from "zod";
import { StudioError } from "../errors.js";
import {
  checkModelConfigs,
  connectServer,
  forgetServer,
  listServers,
  resourceHistory,
  serverInfo,
  setModelConfigs,
  startServer,
  stopServer,
} from "../protocol/index.js";
import type { Servers } from "../servers/servers.js";
import { hostName, id, none, path, portNumber } from "./forms.js";
import { type Answer, answerTo } from "./request.js";

const one = z.object({ serverId: id });
const start = z.object({
  cwd: path,
  serverId: id.optional(),
  host: hostName.optional(),
  port: z.int().min(0).max(65_535).optional(),
  agentDir: path.optional(),
  modelConfigPath: path.optional(),
  workers: z.int().positive().max(1024).optional(),
});

/** Texts alone: a path would be one of the daemon's machine. */
const pem = z.string().max(100_000).includes("-----BEGIN").optional();
const tls = z.object({ ca: pem, cert: pem, key: pem });
const configList = z.array(z.record(z.string(), z.unknown())).max(1000);

export function serverRequests(servers: Servers): Answer[] {
  return [
    answerTo(listServers, none, () => servers.rows()),
    answerTo(serverInfo, one, ({ serverId }) => {
      const row = servers.row(serverId);
      if (row === undefined) throw StudioError.notFound("server", serverId);
      return row;
    }),
    answerTo(startServer, start, (options) => servers.start(options)),
    answerTo(stopServer, one, async ({ serverId }) => {
      await servers.stop(serverId);
      return {};
    }),
    answerTo(
      connectServer,
      z.object({ host: hostName, port: portNumber, token: z.string().max(10_000).optional(), tls: tls.optional() }),
      (at) => servers.connect(at),
    ),
    answerTo(forgetServer, one, ({ serverId }) => {
      servers.forget(serverId);
      return {};
    }),
    answerTo(checkModelConfigs, z.object({ configs: configList, origin: z.string().max(1000) }), (asked) => {
      try {
        checkConfigs(asked.configs, asked.origin);
      } catch (thrown) {
        throw StudioError.refused((thrown as Error).message);
      }
      return {};
    }),
    answerTo(setModelConfigs, z.object({ serverId: id, configs: configList }), async ({ serverId, configs }) => {
      await servers.setModelConfigs(serverId, configs);
      return {};
    }),
    answerTo(resourceHistory, z.object({ serverId: id, sinceMs: z.number().optional() }), ({ serverId, sinceMs }) =>
      servers.history(serverId, sinceMs),
    ),
  ];
}
