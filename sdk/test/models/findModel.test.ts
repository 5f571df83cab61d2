import { afterEach, describe, expect, test } from "vitest";
import { findModel } from "../../src/models/findModel.js";
import { init } from "../../src/orchestration/init.js";

const config = (name: string) => ({ config_name: name, model_type: "openai_chat", model_name: `${name}-1` });

afterEach(() => init({ modelConfigs: [] }));

describe("a model is found", () => {
  test("by the name of its config", () => {
    init({ modelConfigs: [config("a"), config("b")] });
    expect(findModel("b")).toMatchObject({ configName: "b", modelType: "openai_chat", modelName: "b-1" });
  });

  test("without a name: the only one, the one that is called default, or the embedded one where there is none", () => {
    expect(findModel()).toMatchObject({
      configName: "embedded",
      modelType: "embedded_chat",
      modelName: "extractive-en",
    });
    init({ modelConfigs: config("a") });
    expect(findModel().configName).toBe("a");
    init({ modelConfigs: [config("a"), config("default")] });
    expect(findModel().configName).toBe("default");
  });

  test("not without a name among several", () => {
    init({ modelConfigs: [config("a"), config("b")] });
    expect(() => findModel()).toThrow(
      /several: "a", "b"\. Give the agent a modelConfigName, or call one config "default"/,
    );
  });

  test("not by an unknown name; the error lists the names there are", () => {
    expect(() => findModel("c")).toThrow(/no model config "c" here; there are "embedded"\. /);
    init({ modelConfigs: [config("a"), config("b")] });
    expect(() => findModel("c")).toThrow(
      /no model config "c" here; there are "a", "b", "embedded"\. .*setModelConfigs/,
    );
  });

  test("as the embedded one by its name, unless a config has that name", () => {
    init({ modelConfigs: config("a") });
    expect(findModel("embedded").modelType).toBe("embedded_chat");
    init({ modelConfigs: config("embedded") });
    expect(findModel("embedded").modelType).toBe("openai_chat");
  });
});
