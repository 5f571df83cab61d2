import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import {
  AgentCreationError,
  AgentServerNotAliveError,
  DistConf,
  type DistOptions,
  InvalidArgumentError,
  Msg,
  RpcAgentClient,
  RpcAgentServerLauncher,
} from "agentscope-distributed";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { hiddenClass } from "../../fixtures/agents/notExported.js";
import { Player } from "../../fixtures/agents/player.js";
import { HomeOnly } from "../../fixtures/homeOnly.js";
import { startScript } from "../../processes/script.js";

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

async function errorOf(call: PromiseLike<unknown>): Promise<Error> {
  return call.then(
    (value) => new Error(`resolved with ${String(value)}`),
    (error: unknown) => error as Error,
  );
}

async function listen(server: Server): Promise<{ port: number } & AsyncDisposable> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

describe("options that can't be used are refused at the call, and the message names them", () => {
  const bad: [DistOptions, RegExp][] = [
    [{ host: "127.0.0.1" }, /host and port both.*only host "127\.0\.0\.1" was given/],
    [{ port: 12_001 }, /host and port both.*only port 12001 was given/],
    [{ host: "", port: 1 }, /host is "".*a name or an address/],
    [{ host: 5 as unknown as string, port: 1 }, /host is 5/],
    [{ host: "h", port: 0 }, /port is 0.*whole number from 1 to 65535/],
    [{ host: "h", port: 65_536 }, /port is 65536/],
    [{ host: "h", port: 1.5 }, /port is 1\.5/],
    [{ host: "h", port: "12001" as unknown as number }, /port is 12001.*whole number/],
    [{ maxPoolSize: 0 }, /maxPoolSize is 0.*above 0/],
    [{ maxTimeoutSeconds: -1 }, /maxTimeoutSeconds is -1/],
    [{ connectExisting: true, host: "h", port: 1 }, /connectExisting needs agentId/],
  ];
  test.each(bad)("%j", (options, message) => {
    expect(() => new Echo({ name: "E" }).toDist(options)).toThrow(InvalidArgumentError);
    expect(() => new Echo({ name: "E" }).toDist(options)).toThrow(message);
    expect(() => new Echo({ name: "E", toDist: options })).toThrow(message);
    expect(() => new DistConf(options)).toThrow(message);
  });
});

test.each([
  ["nothing listens there", { host: "127.0.0.1", port: 1 }],
  ["nobody has that name", { host: "no-such-host.invalid", port: 12_001 }],
])(
  "a server that is not there (%s) is an error of each call, which says where, and how to start one",
  async (_, at) => {
    const echo = new Echo({ name: "E" }).toDist(at);
    const start = performance.now();
    for (const call of [echo.ready(), echo(say("x")), echo.pid()]) {
      const error = await errorOf(Promise.resolve(call));
      expect(error).toBeInstanceOf(AgentServerNotAliveError);
      expect(error).toMatchObject({ code: "SERVER_NOT_ALIVE", server: `${at.host}:${at.port}` });
      expect(error.message).toContain(`${at.host}:${at.port}`);
      expect(error.message).toMatch(/as-server|host and port/);
    }
    expect(performance.now() - start).toBeLessThan(5000);
  },
);

test("something else that listens there is an error at once, with the address", async () => {
  const silent = createServer((socket) => socket.end("220 mail.example.org ESMTP\r\n"));
  const web = createHttpServer((_request, response) => response.end("<html>"));
  for (const server of [silent, web]) {
    await using other = await listen(server);
    const start = performance.now();
    const at = { host: "127.0.0.1", port: other.port };
    const error = await errorOf(new Echo({ name: "E" }).toDist(at)(say("x")));
    expect(error.message).toContain(`127.0.0.1:${other.port}`);
    expect(error.message).not.toContain("resolved");
    await using client = new RpcAgentClient(at);
    expect(await client.isAlive()).toBe(false);
    expect(performance.now() - start).toBeLessThan(5000);
  }
});

test("a class that the server does not know is an error, which names those that it has and how to add one", async () => {
  await using server = new RpcAgentServerLauncher({ customAgentClasses: [Player] });
  await server.launch();
  const at = { host: server.host, port: server.port };
  const error = await errorOf(new Echo({ name: "E" }).toDist(at)(say("x")));
  expect(error).toBeInstanceOf(AgentCreationError);
  expect(error.message).toMatch(/does not know the class Echo; it has .*Player/);
  expect(error.message).toMatch(/customAgentClasses: \[Echo\].*--agent-dir/);
  expect(error).toMatchObject({ code: "CREATION_FAILED", agentName: "E", server: `${server.host}:${server.port}` });
  await using client = new RpcAgentClient(at);
  const made = await errorOf(client.createAgent({ className: "Echo", config: { name: "E" } }));
  expect(made.message).toMatch(/does not know the class Echo; it has .*Player/);
  for (const className of ["", "constructor", "__proto__", "toString", "AgentBase", "../echo.js#Echo"]) {
    const refused = await errorOf(client.createAgent({ className, config: { name: "E" } }));
    expect(refused.message).toMatch(/does not know the class|class_name/);
  }
});

test.each(["child", "config", "launcher"])(
  "a class in the script that was started can't be had elsewhere (%s): move it",
  async (how) => {
    await using main = startScript("classInScript", { args: [how] });
    expect(await main.endsWithin(15_000)).toEqual({ code: 1, signal: null });
    expect(main.said).toEqual([{ local: "at home" }]);
    expect(main.stderr).toMatch(/Class Homebody is defined in .*classInScript\.js, the script that was started/);
    expect(main.stderr).toMatch(/Move the class to a module of its own:\n.*homebody\.js: {2}export class Homebody/);
  },
);

test("a class that its module does not export can't be had elsewhere: export it", async () => {
  const Hidden = hiddenClass();
  const error = await errorOf(new Hidden({ name: "H" }).toDist()(say("x")));
  expect(error).toBeInstanceOf(AgentCreationError);
  expect(error.message).toMatch(/notExported\.js.*Hidden.*export/);
  const launch = await errorOf(new RpcAgentServerLauncher({ customAgentClasses: [Hidden] }).launch());
  expect(launch.message).toMatch(/notExported\.js.*Hidden.*export/);
});

test("a class that was made by evaluated code can't be had elsewhere", () => {
  const context = { Echo, Evaluated: Echo };
  runInNewContext("Evaluated = class Evaluated extends Echo {}", context);
  const { Evaluated } = context;
  expect(() => new Evaluated({ name: "E" }).toDist()).toThrow(
    /Evaluated can't be run in another process: it was made by code that is no file/,
  );
});

test("a module that throws where it is loaded is an error of the agent, with file, line and reason", async () => {
  const error = await errorOf(new HomeOnly({ name: "H" }).toDist()(say("x")));
  expect(error).toBeInstanceOf(AgentCreationError);
  expect(error.message).toMatch(
    /homeOnly\.[jt]s can't be loaded: .*this module works at home only \(.*homeOnly\.[jt]s:\d+/,
  );
  const launch = await errorOf(new RpcAgentServerLauncher({ customAgentClasses: [HomeOnly] }).launch());
  expect(launch.message).toMatch(/this module works at home only/);
});
