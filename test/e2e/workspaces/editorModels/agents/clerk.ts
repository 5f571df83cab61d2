import { ReActAgent, tool } from "agentscope-distributed";

/** Has a tool. */
export class Clerk extends ReActAgent {
  private sum = 0;

  override get tools() {
    return {
      add: tool({
        description: "Adds to the sum.",
        inputSchema: { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] },
        execute: ({ amount }) => ({ sum: (this.sum += Number(amount)) }),
      }),
    };
  }
}
