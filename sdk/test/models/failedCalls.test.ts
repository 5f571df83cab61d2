import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ModelCallError } from "../../src/errors.js";
import { breaksOff, endsEarly, fails, hangsUp, isSilent, ModelServer, type Reply, says, sends } from "./modelServer.js";
import { failureOf, key, keyVariable, messages, modelAt, piecesOf } from "./testModel.js";

beforeEach(() => {
  vi.stubEnv(keyVariable, key);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const soon = { "retry-after-ms": "20" };

describe("a call is tried again", () => {
  test.each([
    ["429", fails(429, "slow down", soon)],
    ["500", fails(500, "oops", soon)],
    ["503", fails(503, "busy", soon)],
  ])("after %s, when the provider says", async (_, failure) => {
    await using server = await ModelServer.start(failure, failure, says("there"));
    const begin = performance.now();
    expect((await modelAt(server).generate({ messages })).text).toBe("there");
    expect(server.requests).toHaveLength(3);
    // Where it does not say, it is after 2 s and after 4 s.
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test("not before the time of Retry-After, in seconds", async () => {
    await using server = await ModelServer.start(fails(429, "slow down", { "retry-after": "1" }), says("there"));
    const begin = performance.now();
    expect((await modelAt(server).generate({ messages })).text).toBe("there");
    expect(performance.now() - begin).toBeGreaterThan(950);
  });

  test.each<[string, Reply]>([
    ["the connection is closed without an answer", hangsUp],
    ["the answer breaks off before its first word", breaksOff()],
    ["the answer ends before its first word", endsEarly()],
    ["the answer is no JSON", sends("data: {oops\n\n")],
    ["the answer begins with an error", sends('data: {"error":{"message":"overloaded"}}\n\n')],
  ])("when %s", async (_, failure) => {
    await using server = await ModelServer.start(failure, says("there"));
    const stream = modelAt(server).stream({ messages });
    expect(await piecesOf(stream)).toEqual(["there"]);
    expect(server.requests).toHaveLength(2);
  });

  test("in the middle of an answer, if nobody has seen the beginning", async () => {
    await using server = await ModelServer.start(breaksOff("Half an "), says("Whole."));
    expect((await modelAt(server).generate({ messages })).text).toBe("Whole.");
  });

  test.each<[string, Reply]>([
    ["breaks off", breaksOff("Half an ")],
    ["just ends", endsEarly("Half an ")],
  ])("but not when an answer %s whose beginning was given out", async (_, failure) => {
    await using server = await ModelServer.start(failure, says("Whole."));
    const stream = modelAt(server).stream({ messages });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const piece of stream.textStream) seen.push(piece);
    })();
    const error = await failureOf(reading);
    expect(seen).toEqual(["Half an "]);
    expect(error.details).toMatchObject({ reason: "unreachable", status: undefined });
    await expect(stream.result).rejects.toBe(error);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["400", fails(400, "context too long", soon)],
    ["401", fails(401, "no such key", soon)],
    ["404", fails(404, "no such model", soon)],
    ["429 of an account without money", fails(429, "insufficient_quota", soon)],
  ])("but not after %s", async (_, failure) => {
    await using server = await ModelServer.start(failure);
    await failureOf(modelAt(server).generate({ messages }));
    expect(server.requests).toHaveLength(1);
  });

  test("as often as max_retries says", async () => {
    await using server = await ModelServer.start(fails(500, "oops", soon));
    const error = await failureOf(modelAt(server, { max_retries: 2 }).generate({ messages }));
    expect(server.requests).toHaveLength(3);
    expect(error.message).toContain("after 3 tries");
  });
});

describe("a call ends", () => {
  test("with its time, while the server is silent, and lets the server know", async () => {
    await using server = await ModelServer.start(isSilent);
    const begin = performance.now();
    const error = await failureOf(modelAt(server, { timeout: 0.2 }).generate({ messages }));
    expect(performance.now() - begin).toBeLessThan(1500);
    expect(error.details).toMatchObject({ reason: "timeout", status: undefined });
    expect(error.message).toMatch(/no answer within 0.2 s\. .*longer timeout/);
    await expect.poll(() => server.givenUp).toBe(1);
  });

  test("at once when the provider asks to wait for longer than the call may take", async () => {
    await using server = await ModelServer.start(fails(429, "slow down", { "retry-after": "30" }));
    const error = await failureOf(modelAt(server, { timeout: 5 }).generate({ messages }));
    expect(error.message).toContain("asks to wait 30 s");
    expect(server.requests).toHaveLength(1);
  });

  test("with the abort of its caller: before, in the middle, and while it waits to try again", async () => {
    const reason = new Error("enough");
    await using silent = await ModelServer.start(isSilent);
    await expect(modelAt(silent).generate({ messages, abortSignal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(silent.requests).toHaveLength(0);

    const middle = new AbortController();
    const stream = modelAt(silent).stream({ messages, abortSignal: middle.signal });
    await expect.poll(() => silent.requests.length).toBe(1);
    middle.abort(reason);
    await expect(stream.result).rejects.toBe(reason);
    await expect(piecesOf(stream)).rejects.toBe(reason);
    await expect.poll(() => silent.givenUp).toBe(1);

    await using busy = await ModelServer.start(fails(503, "busy", { "retry-after": "20" }));
    const waiting = new AbortController();
    const call = modelAt(busy).generate({ messages, abortSignal: waiting.signal });
    await expect.poll(() => busy.requests.length).toBe(1);
    waiting.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  test("without an unhandled rejection when nobody waits for it", async () => {
    await using server = await ModelServer.start(fails(400, "no"));
    const stream = modelAt(server).stream({ messages });
    await expect.poll(() => server.requests.length).toBe(1);
    await expect(piecesOf(stream)).rejects.toBeInstanceOf(ModelCallError);
  });
});

describe("a failure says provider, model, status and what to do, and no key", () => {
  test.each([
    [401, "refused", "Check the key in TEST_MODEL_KEY"],
    [404, "not-found", "Check model_name"],
    [429, "rate-limited", "Call it less often"],
    [500, "provider-failed", "try again later"],
    [400, "bad-request", ""],
  ])("status %i", async (status, reason, hint) => {
    await using server = await ModelServer.start(fails(status, `You sent Bearer ${key} or sk-live-123456789`));
    const error = await failureOf(modelAt(server, { max_retries: 0 }).generate({ messages }));
    expect(error.code).toBe("MODEL_FAILED");
    expect(error.details).toMatchObject({
      configName: "test",
      modelType: "post_api_chat",
      modelName: "m-1",
      reason,
      status,
    });
    expect(error.message).toContain(
      `${server.baseUrl}, model m-1 (config "test"), status ${status}: You sent Bearer ***`,
    );
    expect(error.message).toContain(hint);
    const all = `${error.stack} ${JSON.stringify(error)} ${String((error.cause as Error).stack)}`;
    expect(all).not.toContain(key);
    expect(all).not.toContain("sk-live");
  });

  test("nobody listens there", async () => {
    const gone = await ModelServer.start(isSilent);
    const { baseUrl } = gone;
    await gone[Symbol.asyncDispose]();
    const error = await failureOf(modelAt({ baseUrl }, { max_retries: 0 }).generate({ messages }));
    expect(error.details.reason).toBe("unreachable");
    expect(error.message).toMatch(/ECONNREFUSED.*Check base_url/);
  });

  test("a page of HTML instead of an API", async () => {
    await using server = await ModelServer.start(sends("<html>welcome</html>", "text/html"));
    const error = await failureOf(modelAt(server, { max_retries: 0 }).generate({ messages }));
    expect(error.details.modelName).toBe("m-1");
    await using once = await ModelServer.start(sends("<html>welcome</html>", "text/html"));
    const whole = await failureOf(modelAt(once, { max_retries: 0, stream: false }).generate({ messages }));
    expect(whole.details).toMatchObject({ reason: "bad-answer", status: 200 });
  });

  test("an error in the middle of the stream", async () => {
    await using server = await ModelServer.start(sends(`data: {"error":{"message":"overloaded by ${key}"}}\n\n`));
    const error = await failureOf(modelAt(server, { max_retries: 0 }).generate({ messages }));
    expect(error.message).toContain("overloaded by ***");
    expect(error.details.reason).toBe("provider-failed");
  });

  test("a short key is masked where it is a word, and leaves other words alone", async () => {
    vi.stubEnv(keyVariable, "a+b");
    await using server = await ModelServer.start(fails(401, "You sent Bearer a+b, no a+bc"));
    const error = await failureOf(modelAt(server, { max_retries: 0 }).generate({ messages }));
    expect(error.message).toContain("You sent Bearer ***, no a+bc.");
  });

  test.each([
    ["a key with a line break", { key: "planted\nkey", fields: {}, where: keyVariable }],
    ["a header with letters of no header", { key, fields: { headers: { "X-Id": "ключ" } }, where: "headers.X-Id" }],
  ])("%s is nothing to send, and not the provider's fault", async (_, { key: content, fields, where }) => {
    vi.stubEnv(keyVariable, content);
    await using server = await ModelServer.start(says("hi"));
    const error = await failureOf(modelAt(server, fields).generate({ messages }));
    expect(error.details.reason).toBe("no-key");
    expect(error.message).toMatch(new RegExp(`what stands in ${where} can't be sent\\. Correct ${where} .*line break`));
    expect(error.message).not.toContain("planted");
    expect(server.requests).toHaveLength(0);
  });

  test("there is no key on this machine", async () => {
    await using server = await ModelServer.start(says("hi"));
    const error = await failureOf(modelAt(server, { api_key: "env:NOT_SET_ANYWHERE" }).generate({ messages }));
    expect(error.details.reason).toBe("no-key");
    expect(error.message).toContain("Set NOT_SET_ANYWHERE");
    vi.stubEnv("OPENAI_API_KEY", "");
    const noKey = { model_type: "openai_chat", api_key: undefined };
    expect((await failureOf(modelAt(server, noKey).generate({ messages }))).message).toContain("Set OPENAI_API_KEY");
    expect(server.requests).toHaveLength(0);
  });
});
