import {
  agent,
  DialogAgent,
  DictDialogAgent,
  type Msg,
  type Placeholder,
  ReActAgent,
  type RpcAgent,
  tool,
  UserAgent,
} from "agentscope-distributed";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";

test("built-in agents are made of a name and what their class needs, and live anywhere", () => {
  const local = new DialogAgent({ name: "A", sysPrompt: "Be brief.", modelConfigName: "gpt" });
  expectTypeOf(local()).toEqualTypeOf<Placeholder>();
  expectTypeOf(local.toDist({ host: "127.0.0.1", port: 1 })).toExtend<RpcAgent<DialogAgent>>();
  expectTypeOf(local).toExtend<DialogAgent>();
  void new UserAgent({ name: "U", prompt: "?", requiredKeys: ["age"], toDist: true });
  void new ReActAgent({ name: "R", mcpServers: { files: { command: "mcp-files" }, web: { url: "http://x" } } });
  void new ReActAgent({ name: "R", mcpServers: ["files"], maxIters: 3 });
  // @ts-expect-error -- an agent has a name
  void new DialogAgent({ sysPrompt: "Be brief." });
  // @ts-expect-error -- the form of the answers must be said
  void new DictDialogAgent({ name: "D" });
  void new DictDialogAgent({ name: "D", schema: z.object({ vote: z.boolean() }) });
  void new DictDialogAgent({ name: "D", schema: { type: "object" } });
  // @ts-expect-error -- an MCP server is a program or an address
  void new ReActAgent({ name: "R", mcpServers: { files: { args: [] } } });
});

test("tools are typed by their schema of zod", () => {
  void tool({
    inputSchema: z.object({ amount: z.number() }),
    execute: (input, { abortSignal }) => {
      expectTypeOf(input).toEqualTypeOf<{ amount: number }>();
      expectTypeOf(abortSignal).toEqualTypeOf<AbortSignal>();
    },
  });
  void tool({
    inputSchema: { type: "object" },
    execute: (input) => expectTypeOf(input).toEqualTypeOf<Record<string, unknown>>(),
  });
});

test("they can be extended, with a config of one's own", () => {
  interface ReaderConfig {
    name: string;
    path: string;
  }
  @agent
  class Reader extends DialogAgent<ReaderConfig> {
    override async reply(x?: Msg | Msg[]): Promise<Msg<string>> {
      await this.speak(this.config.path);
      return super.reply(x);
    }
  }
  void new Reader({ name: "A", path: "a.txt" });
  // @ts-expect-error -- the class needs a path
  void new Reader({ name: "A" });
  const handle = new Reader({ name: "A", path: "a.txt" }).toDist();
  expectTypeOf(handle.get("usage")).resolves.toEqualTypeOf<Reader["usage"]>();
  // @ts-expect-error -- to speak is the agent's own business
  void handle.speak("hello");
});
