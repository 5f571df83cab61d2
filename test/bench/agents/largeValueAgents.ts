import { AgentBase, type AgentConfig, agent, Msg } from "agentscope-distributed";

interface SourceConfig extends AgentConfig {
  readonly sizeBytes: number;
}

/** A byte of the large value, known from its place alone, so that any reader can check it. */
function byteAt(index: number): number {
  return (index * 31 + (index >>> 12)) & 0xff;
}

/** Has a large value, and answers with it. */
@agent
export class SourceAgent extends AgentBase<SourceConfig> {
  readonly #value: Uint8Array;

  constructor(config: SourceConfig) {
    super(config);
    this.#value = new Uint8Array(config.sizeBytes);
    for (let index = 0; index < config.sizeBytes; index++) this.#value[index] = byteAt(index);
  }

  override async reply(): Promise<Msg> {
    return new Msg({ name: this.name, role: "assistant", content: this.#value });
  }
}

/** Answers with a new message of the content that it was given. */
@agent
export class RelayAgent extends AgentBase {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    if (!(x instanceof Msg)) throw new TypeError("RelayAgent takes one message");
    return new Msg({ name: this.name, role: "assistant", content: x.content });
  }
}

/** Looks at the content, every 4,099th byte of it, and answers with its size alone. */
@agent
export class InspectorAgent extends AgentBase {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    if (!(x instanceof Msg) || !(x.content instanceof Uint8Array)) throw new TypeError("InspectorAgent takes bytes");
    const bytes = x.content;
    for (let index = 0; index < bytes.length; index += 4099) {
      if (bytes[index] !== byteAt(index)) throw new Error(`byte ${index} is not what was sent`);
    }
    return new Msg({ name: this.name, role: "assistant", content: bytes.length });
  }
}
