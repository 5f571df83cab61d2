import { Task, type TaskAgent, type TaskSink } from "../../src/runtime/task.js";

/** An agent that does nothing. */
const stubAgent: TaskAgent = {
  label: { name: "stub", id: "stub", server: "nowhere" },
  name: "stub",
  className: "Stub",
  number: 1,
  running: undefined,
  endsWithCaller: false,
  passesOn: false,
  heldUpBefore: () => [],
  cancel: () => {},
  released: () => {},
};

/** A call of it. */
export function stubTask(call: { caller?: number; seq?: number; sink?: TaskSink } = {}): Task {
  const { caller = 0, seq = 0, sink = { taskEnded: () => {} } } = call;
  return new Task(stubAgent, { caller, seq, method: "reply", args: [], sink });
}
