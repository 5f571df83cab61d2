import { describe, expect, it } from "vitest";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import { packState, unpackState } from "../../src/runtime/agentState.js";

describe("the state of an agent", () => {
  it("comes back as it was, messages and large parts too", () => {
    const message = new Msg({ name: "A", content: { text: "x".repeat(100_000) }, role: "user" });
    const state = { memory: [message], since: new Date(0), seen: new Map([["a", 1n]]), bytes: new Uint8Array(5) };
    expect(unpackState(packState(state))).toEqual(state);
    expect(unpackState(packState(undefined))).toBeUndefined();
  });

  it("holds no placeholder and nothing that can't travel, and says where one is", () => {
    expect(() => packState({ later: new Placeholder(undefined, 0) })).toThrow(
      "the agent's state is with a placeholder in it (await it first)",
    );
    expect(() => packState({ parts: [{ run: Symbol("x") }] })).toThrow("state.parts[0].run is a symbol");
  });
});
