import { describe, expect, test } from "vitest";
import { rpcAgentService } from "../../src/management/rpcAgentProto.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => Buffer.from(text, "hex");

/** The bytes are what Python's protobuf writes for AgentScope 0.1.0's messages. */
describe("the management service's messages have AgentScope's bytes:", () => {
  test("GeneralResponse", () => {
    const { responseSerialize: write, responseDeserialize: read } = rpcAgentService.is_alive;
    expect(hex(write({ ok: true, message: "1" }))).toBe("0801120131");
    expect(hex(write({ ok: false, message: "no" }))).toBe("12026e6f");
    expect(hex(write({ ok: true, message: "" }))).toBe("0801");
    expect(read(bytes("12026e6f"))).toStrictEqual({ ok: false, message: "no" });
  });

  test("StringMsg, ByteMsg and Empty", () => {
    expect(hex(rpcAgentService.delete_agent.requestSerialize({ value: "py1" }))).toBe("0a03707931");
    expect(rpcAgentService.delete_agent.requestDeserialize(bytes("0a03707931"))).toStrictEqual({ value: "py1" });
    expect(hex(rpcAgentService.download_file.responseSerialize({ data: new Uint8Array([0, 255]) }))).toBe("0a0200ff");
    expect(hex(rpcAgentService.download_file.responseDeserialize(bytes("0a0200ff")).data)).toBe("00ff");
    expect(hex(rpcAgentService.stop.requestSerialize({}))).toBe("");
  });

  test("CreateAgentRequest", () => {
    const { requestSerialize: write, requestDeserialize: read } = rpcAgentService.create_agent;
    const request = { agent_id: "py1", agent_init_args: bytes("80044e2e"), agent_source_code: bytes("") };
    expect(hex(write(request))).toBe("0a03707931120480044e2e");
    const {
      agent_id: id,
      agent_init_args: args,
      agent_source_code: code,
    } = read(bytes("0a03707931120480044e2e1a01ff"));
    expect([id, hex(args), hex(code)]).toStrictEqual(["py1", "80044e2e", "ff"]);
  });

  test("RpcMsg", () => {
    const request = { value: "null", target_func: "_reply", agent_id: "py1" };
    expect(hex(rpcAgentService.call_agent_func.requestSerialize(request))).toBe(
      "0a046e756c6c12065f7265706c791a03707931",
    );
    expect(rpcAgentService.call_agent_func.requestDeserialize(bytes("1a03707931"))).toStrictEqual({
      value: "",
      target_func: "",
      agent_id: "py1",
    });
  });

  test("UpdatePlaceholderRequest, whose task ids can be larger than a number holds", () => {
    const { requestSerialize: write, requestDeserialize: read } = rpcAgentService.update_placeholder;
    expect(hex(write({ task_id: "1" }))).toBe("0801");
    expect(hex(write({ task_id: "9223372036854775807" }))).toBe("08ffffffffffffffff7f");
    expect(read(bytes("08ffffffffffffffff7f"))).toStrictEqual({ task_id: "9223372036854775807" });
    expect(read(bytes(""))).toStrictEqual({ task_id: "0" });
  });
});

test("the paths of the service have no package", () => {
  expect(Object.values(rpcAgentService).map(({ path }) => path)).toContain("/RpcAgent/is_alive");
  for (const [name, { path }] of Object.entries(rpcAgentService)) expect(path).toBe(`/RpcAgent/${name}`);
});
