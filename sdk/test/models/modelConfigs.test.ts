import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { modelConfigsJsonSchema } from "../../src/models/modelConfigSchema.js";
import { addModelConfigs, readModelConfigs, receiveModelConfigs, refuseKeys } from "../../src/models/modelConfigs.js";

const folder = mkdtempSync(join(tmpdir(), "model-configs-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, "models.json");
  writeFileSync(path, text);
  return path;
}

const config = { config_name: "fast", model_type: "openai_chat", model_name: "gpt-4o-mini" } as const;

describe("model configs", () => {
  test("are read from an object, a list, and files of either", () => {
    expect(readModelConfigs(config)).toEqual([config]);
    expect(readModelConfigs([config])).toEqual([config]);
    expect(readModelConfigs(file(JSON.stringify(config)))).toEqual([config]);
    expect(readModelConfigs(file(`\uFEFF${JSON.stringify([config])}`))).toEqual([config]);
    expect(readModelConfigs([])).toEqual([]);
  });

  test("need no model_name: as in AgentScope it is the config_name then", () => {
    expect(readModelConfigs({ config_name: "gpt-4o", model_type: "openai_chat" })).toHaveLength(1);
  });

  test("take the place of others of the same name", () => {
    const newer = { ...config, model_name: "newer" };
    const other = { ...config, config_name: "other" };
    expect(addModelConfigs([config, other], [newer])).toEqual([other, newer]);
  });

  test.each<[string, unknown, RegExp]>([
    [
      "an unknown kind",
      { ...config, model_type: "openai" },
      /entry 1 \("fast"\): model_type is "openai"; there are openai_chat, anthropic_chat/,
    ],
    ["no kind", { config_name: "a" }, /entry 1 \("a"\): model_type is missing; there are openai_chat/],
    ["no name", { model_type: "openai_chat" }, /entry 1: config_name is missing$/],
    ["an empty name", { ...config, config_name: "" }, /config_name Too small/],
    [
      "a misspelt field",
      { ...config, temprature: 1 },
      /temprature is no field of this kind of model; the fields of openai_chat are config_name, model_type,.*generate_args/,
    ],
    ["a misspelt option", { ...config, generate_args: { max_token: 1 } }, /: generate_args\.max_token is no field/],
    [
      "an option of the wrong kind",
      { ...config, generate_args: { temperature: "hot" } },
      /generate_args\.temperature must be a number$/,
    ],
    ["an option out of its range", { ...config, max_retries: 99 }, /max_retries Too big: .*10/],
    [
      "a field of another kind of model",
      { config_name: "e", model_type: "embedded_chat", api_key: "x" },
      /api_key is no field of this kind/,
    ],
    [
      "a field of AgentScope's Python",
      { ...config, client_args: {} },
      /client_args is no field.*; write base_url, timeout/,
    ],
    ["no address", { config_name: "p", model_type: "post_api_chat" }, /base_url is missing$/],
    [
      "a password in the address",
      { config_name: "p", model_type: "post_api_chat", base_url: "http://me:secret-word@host/v1" },
      /base_url must be an http\(s\) address, without user, password and query$/,
    ],
    ["the second of a name", [config, { ...config }], /entry 2 \("fast"\): entry 1 has the same config_name/],
    ["no object", [config, 5], /entry 2: must be an object with config_name and model_type/],
    [
      "several things at once",
      { config_name: "a", model_type: "openai_chat", timeout: -1, x: 1 },
      /timeout Too small.*; x is no field/,
    ],
  ])("with %s are refused, and the error says where and what is allowed", (_, configs, message) => {
    expect(() => readModelConfigs(configs as Record<string, unknown>)).toThrow(message);
    expect(() => readModelConfigs(configs as Record<string, unknown>)).toThrow(/^modelConfigs, entry/);
  });

  test("of a file are refused with its path; of a broken file nothing is shown that may be a key", () => {
    const path = file('[{"config_name": "a"}]');
    expect(() => readModelConfigs(path)).toThrow(`${path}, entry 1 ("a"): model_type is missing`);
    expect(() => readModelConfigs(join(folder, "missing.json"))).toThrow(/missing\.json.*ENOENT/);
    for (const text of [
      '{"api_key": planted-key-1}',
      '{"api_key": "planted-key-1" "x"}',
      "",
      '{"api_key": "planted-key-1\n',
    ]) {
      const thrown = failure(() => readModelConfigs(file(text)));
      expect(thrown.message).toMatch(/models\.json is no JSON: \w/);
      expect(`${thrown.stack} ${JSON.stringify(thrown)} ${String(thrown.cause)}`).not.toContain("planted");
    }
  });

  test("wrong ones are refused without their keys", () => {
    const keys = { api_key: "planted-key-2", headers: { authorization: "planted-key-3" } };
    for (const wrong of [
      { ...config, ...keys, model_type: "x" },
      { ...config, ...keys, x: 1 },
      { ...config, ...keys, timeout: "planted-key-4" },
    ]) {
      expect(failure(() => readModelConfigs(wrong)).message).not.toContain("planted");
    }
  });
});

describe("keys", () => {
  const plain = {
    "x-tenant": "blue",
    "anthropic-beta": "prompt-caching-2024-07-31",
    "HTTP-Referer": "https://me.example/a1",
  };
  const byName = { ...config, api_key: "env:MY_KEY", headers: { "x-api-key": "env:OTHER", ...plain } };

  test("that are named stay as they are", () => {
    expect(readModelConfigs(byName)).toEqual([byName]);
    expect(receiveModelConfigs([byName], { isReachable: false })).toEqual([byName]);
    expect(() => refuseKeys(byName)).not.toThrow();
  });

  test("themselves move into this process's environment when a config is read, and are in no config from then on", () => {
    const headers = { Authorization: "Bearer planted-key-6", "x-tenant": "blue" };
    const [read] = readModelConfigs({ ...config, api_key: "planted-key-5", headers });
    expect(JSON.stringify(read)).not.toContain("planted");
    expect(read).toMatchObject({ headers: { "x-tenant": "blue" } });
    const { api_key: key, headers: named } = read as { api_key: string; headers: Record<string, string> };
    expect(process.env[key.replace("env:", "")]).toBe("planted-key-5");
    expect(process.env[(named["Authorization"] ?? "").replace("env:", "")]).toBe("Bearer planted-key-6");
    const [again] = readModelConfigs({ ...config, api_key: "planted-key-5" });
    expect(again).toMatchObject({ api_key: key });
  });

  test.each([
    [{ ...config, api_key: "planted-key-7" }, "api_key"],
    [{ ...config, headers: { "X-Auth-Token": "planted-key-7" } }, "headers.X-Auth-Token"],
    [{ ...config, headers: { "X-Id": "Bearer planted-key-7" } }, "headers.X-Id"],
    [{ ...config, headers: { "X-Id": "sk-planted-key-7" } }, "headers.X-Id"],
    [{ ...config, headers: { "X-Id": "planted1planted2planted3" } }, "headers.X-Id"],
  ])("themselves are not sent, and not taken from others", (withKey, field) => {
    for (const refused of [
      () => refuseKeys([config, withKey]),
      () => receiveModelConfigs([config, withKey], { isReachable: false }),
    ]) {
      const { message } = failure(refused);
      expect(message).toContain(`entry 2 ("fast"): ${field} is a key itself`);
      expect(message).toContain('"env:MY_API_KEY"');
      expect(message).not.toContain("planted");
    }
  });
});

describe("configs from another machine", () => {
  const url = { base_url: "https://elsewhere.example/v1" };
  const plain = { config_name: "p", model_type: "post_api_chat", ...url };
  const receive = (one: object) => receiveModelConfigs(one, { isReachable: true });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test("may use the keys of this machine with their providers, and other addresses without a key", () => {
    for (const one of [config, { ...config, api_key: "env:MY_KEY" }, plain]) expect(receive(one)).toEqual([one]);
  });

  test.each([
    ["the provider's own key", { ...config, ...url }, "OPENAI_API_KEY"],
    ["a key by name", { ...plain, api_key: "env:AWS_SECRET_ACCESS_KEY" }, "AWS_SECRET_ACCESS_KEY"],
    ["a header", { ...plain, headers: { "x-any": "env:HOME" } }, "HOME"],
  ])("may not send %s to an address of their choice, unless this machine allows it", (_, one, variable) => {
    expect(() => receive(one)).toThrow(`it would send ${variable} of the server's environment to ${url.base_url}`);
    expect(receiveModelConfigs(one, { isReachable: false })).toEqual([one]);
    vi.stubEnv("AGENTSCOPE_MODEL_KEYS", `OTHER, ${variable}`);
    expect(receive(one)).toEqual([one]);
  });
});

test("the schema file is what the checks are (npx vitest run --project unit modelConfigs -u writes it)", async () => {
  const path = fileURLToPath(new URL("../../schema/model-configs.schema.json", import.meta.url));
  await expect(`${JSON.stringify(modelConfigsJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(path);
});

function failure(call: () => unknown): Error {
  try {
    call();
  } catch (thrown) {
    return thrown as Error;
  }
  throw new Error("nothing was thrown");
}
