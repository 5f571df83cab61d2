import { InvalidArgumentError } from "../errors.js";

/** Where a reply will be: AgentScope 0.1's placeholder. `update_placeholder` of that server waits for it and gives it. */
export class PlaceholderReference {
  readonly host: string;
  readonly port: number;
  /** An int64 as a decimal string. */
  readonly taskId: string;

  /** @throws InvalidArgumentError when one of the three can't be */
  constructor({ host, port, taskId }: { host: string; port: number; taskId: string | number }) {
    if (typeof host !== "string" || host === "")
      throw new InvalidArgumentError("placeholder: host must be a host name");
    if (!Number.isInteger(port) || port < 1 || port > 0xffff) {
      throw new InvalidArgumentError(`placeholder: port is ${String(port)}; it must be an integer from 1 to 65535`);
    }
    this.host = host;
    this.port = port;
    this.taskId = checkedTaskId(taskId);
  }
}

/** @throws InvalidArgumentError when it is not an integer of 0 to 2^63 - 1 */
export function checkedTaskId(taskId: string | number): string {
  const isInteger = typeof taskId === "number" ? Number.isSafeInteger(taskId) : /^\d{1,19}$/.test(taskId);
  const value = isInteger ? BigInt(taskId) : -1n;
  if (value < 0n || value >= 2n ** 63n) {
    throw new InvalidArgumentError(`task id is ${JSON.stringify(taskId)}; it must be an integer of 0 to 2^63 - 1`);
  }
  return value.toString();
}
