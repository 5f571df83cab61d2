import { writeFile } from "node:fs/promises";
import {
  AgentCallError,
  AgentCreationError,
  InvalidArgumentError,
  init,
  ModelCallError,
  Msg,
  RpcAgentClient,
  RpcAgentServerLauncher,
} from "agentscope-distributed";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Asker } from "../fixtures/agents/asker.js";
import { AgentServer } from "../processes/agentServer.js";
import { type ModelAnswer, ModelServer } from "../processes/modelServer.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";

const key = "planted-key-0123456789";
const hello = new Msg({ name: "user", content: "hello", role: "user" });

let models: ModelServer;
let answer: ModelAnswer;

beforeAll(async () => {
  models = await ModelServer.start(() => answer);
});
afterAll(() => models?.[Symbol.asyncDispose]());
afterEach(() => {
  vi.unstubAllEnvs();
  init({ modelConfigs: [] });
  models.requests.length = 0;
});

/** A config of the models of this test. */
function config(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    config_name: "my_model",
    model_type: "post_api_chat",
    model_name: "m-1",
    base_url: models.baseUrl,
    ...fields,
  };
}

async function failureOf(call: PromiseLike<unknown>): Promise<Error> {
  try {
    await call;
  } catch (thrown) {
    return thrown as Error;
  }
  throw new Error("it did not fail");
}

test("the tutorial's set_model_configs: an agent whose model is unknown is not made, and is once the server has the model", async () => {
  await using server = await AgentServer.start(["--workers", "2"]);
  const client = new RpcAgentClient(server.at);
  const make = () => new Asker({ name: "A", modelConfigName: "my_openai", toDist: server.at });

  const first = await failureOf(make()(hello));
  expect(first).toBeInstanceOf(AgentCreationError);
  expect(first.message).toContain('there is no model config "my_openai" here; there are "embedded"');

  expect(await client.setModelConfigs([config({ config_name: "other" })])).toBe(true);
  expect((await failureOf(make()(hello))).message).toContain('there are "other", "embedded"');

  expect(await client.setModelConfigs([{ ...config(), config_name: "my_openai" }])).toBe(true);
  answer = { text: "Good morning." };
  for (const agent of [make(), make(), make()]) expect(await agent(hello).content).toBe("Good morning.");
  expect(models.requests).toHaveLength(3);

  const warn = vi.fn<(message: string) => void>();
  init({ logger: { warn } });
  expect(await client.setModelConfigs({ config_name: "a", model_type: "openai" })).toBe(false);
  expect(warn.mock.calls.flat()).toEqual([
    expect.stringMatching(/does not take the model configs: .*entry 1 \("a"\): model_type is "openai"; there are/),
  ]);
});

test("keys come from the environment of the agent's machine, wherever it lives, and each server has its own", async () => {
  vi.stubEnv("MY_MODEL_KEY", "key-of-the-script");
  await using folder = await TemporaryFolder.make();
  const path = folder.file("models.json");
  await writeFile(path, JSON.stringify([config({ api_key: "env:MY_MODEL_KEY" })]));
  await using server = await AgentServer.start(["--workers", "1", "--model-config-path", path], {
    env: { MY_MODEL_KEY: key },
  });
  init({ modelConfigs: path });
  answer = { text: "ok" };
  const named = { name: "A", modelConfigName: "my_model" };
  const agents = [new Asker(named), new Asker(named).toDist(), new Asker(named).toDist(server.at)];
  for (const agent of agents) expect(await agent(hello).content).toBe("ok");
  const bearers = models.requests.map(({ headers }) => headers.authorization);
  expect(bearers).toEqual(["Bearer key-of-the-script", "Bearer key-of-the-script", `Bearer ${key}`]);
});

test("a key in a config works on its own machine, also in child processes and launched servers, and is sent to no other", async () => {
  init({ modelConfigs: config({ api_key: key }) });
  await using server = new RpcAgentServerLauncher({ customAgentClasses: [Asker], workers: 1 });
  await server.launch();
  const at = { host: server.host, port: server.port };
  answer = { text: "ok" };
  const named = { name: "A", modelConfigName: "my_model" };
  const agents = [new Asker(named), new Asker(named).toDist(), new Asker(named).toDist(at)];
  for (const agent of agents) expect(await agent(hello).content).toBe("ok");
  expect(new Set(models.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${key}`]));

  const client = new RpcAgentClient(at);
  expect(JSON.stringify(await client.getAgentList())).not.toContain(key);
  const refused = await failureOf(client.setModelConfigs([config({ api_key: key })]));
  expect(refused).toBeInstanceOf(InvalidArgumentError);
  expect(refused.message).toContain('entry 1 ("my_model"): api_key is a key itself');
  expect(refused.message).not.toContain(key);
});

test("what a provider refuses reaches await with provider, model, status and a hint, and without the key", async () => {
  await using server = await AgentServer.start(["--workers", "1"], { env: { MY_MODEL_KEY: key } });
  await new RpcAgentClient(server.at).setModelConfigs(config({ api_key: "env:MY_MODEL_KEY" }));
  answer = { failure: { status: 401, message: `Incorrect API key provided: ${key}` } };
  const failed = new Asker({ name: "A", modelConfigName: "my_model", toDist: server.at })(hello);
  const after = new Asker({ name: "B", modelConfigName: "my_model", toDist: server.at })(failed);
  for (const call of [failed, after]) {
    const error = await failureOf(call);
    expect(error).toBeInstanceOf(AgentCallError);
    expect(error).toMatchObject({ code: "MODEL_FAILED", agentName: "A" });
    expect(error.message).toMatch(/model m-1 \(config "my_model"\), status 401: Incorrect API key provided: \*\*\*/);
    expect(error.message).toContain("Check the key in MY_MODEL_KEY on the machine that the agent runs on.");
    expect(error.cause).toBeInstanceOf(ModelCallError);
    expect((error.cause as ModelCallError).details).toMatchObject({ reason: "refused", status: 401, modelName: "m-1" });
    expect(`${error.stack} ${String((error as AgentCallError).remoteStack)} ${JSON.stringify(error)}`).not.toContain(
      key,
    );
  }
  expect(server.stdout + server.stderr).not.toContain(key);
});

test("an agent without any config answers by the embedded model, also on a fresh server", async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  const question = new Msg({
    name: "user",
    content: "The sky is blue. Grass is green. What colour is the sky?",
    role: "user",
  });
  for (const agent of [new Asker({ name: "A" }), new Asker({ name: "A" }).toDist(server.at)]) {
    const { content, metadata } = await agent(question);
    expect(content).toBe("The sky is blue.");
    expect(metadata).toEqual({ model: "extractive-en" });
  }
});

test("as-server says which file, which entry and which field of its model configs it can't use", async () => {
  await using folder = await TemporaryFolder.make();
  const path = folder.file("models.json");
  await writeFile(path, JSON.stringify([config(), { config_name: "b", model_type: "openai_chat", temprature: 1 }]));
  const { message } = await failureOf(AgentServer.start(["--model-config-path", path]));
  expect(message).toContain(`${path}, entry 2 ("b"): temprature is no field of this kind of model`);
});
