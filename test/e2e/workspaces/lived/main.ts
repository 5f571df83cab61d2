import { Msg } from "agentscope-distributed";
import { Clerk } from "./agents/clerk.js";

const reader = new Clerk({ name: "reader", waits: true }).toDist();
const writer = new Clerk({ name: "writer" }).toDist();
const judge = new Clerk({ name: "judge", fails: true }).toDist();

const text = new Msg({ name: "user", role: "user", content: "the text" });
const draft = writer(reader(text));
const remarks = [];
for (let i = 0; i < 4; i++) remarks.push(writer(text));
console.log(await draft.content);
await judge(draft);
