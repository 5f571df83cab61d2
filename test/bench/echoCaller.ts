import { type PlainMessage, plainMessage } from "./echoMessage.js";
import { keepInFlight } from "./keepInFlight.js";
import { answerQuestions, PeerProcess } from "./peerProcess.js";
import { timeEach } from "./timeEach.js";

type EchoQuestion =
  | { readonly kind: "sequential"; readonly calls: number }
  | { readonly kind: "throughput"; readonly calls: number; readonly inFlight: number };

type EchoAnswer =
  | { readonly kind: "sequential"; readonly tookMs: readonly number[] }
  | { readonly kind: "throughput"; readonly callsPerSecond: number };

/** A process that calls an echo by some other library, and is told how often. */
export class EchoCaller implements AsyncDisposable {
  private constructor(private readonly process: PeerProcess<EchoQuestion, EchoAnswer>) {}

  /** @param program the one that calls `answerEchoQuestions`. */
  static async start(program: URL, args: readonly (string | number)[] = []): Promise<EchoCaller> {
    return new EchoCaller(await PeerProcess.start<EchoQuestion, EchoAnswer>(program, args));
  }

  /** Milliseconds of each call, one after the other. */
  async sequential(calls: number): Promise<readonly number[]> {
    const answer = await this.process.ask({ kind: "sequential", calls });
    if (answer.kind !== "sequential") throw new Error(`asked for sequential calls, not ${answer.kind}`);
    return answer.tookMs;
  }

  async callsPerSecond(calls: number, inFlight: number): Promise<number> {
    const answer = await this.process.ask({ kind: "throughput", calls, inFlight });
    if (answer.kind !== "throughput") throw new Error(`asked for throughput, not ${answer.kind}`);
    return answer.callsPerSecond;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}

/** The other end of an `EchoCaller`: calls with the message that is given as often as it is told. */
export function answerEchoQuestions(call: (message: PlainMessage) => Promise<PlainMessage>): void {
  const checked = async (): Promise<void> => {
    const echoed = await call(plainMessage);
    if (echoed.content !== plainMessage.content) throw new Error("the echo is not what was called");
  };
  answerQuestions(async (question: EchoQuestion): Promise<EchoAnswer> => {
    const { kind, calls } = question;
    if (kind === "sequential") return { kind, tookMs: await timeEach(calls, checked) };
    const load = { inFlight: question.inFlight, calls, call: checked, check: () => undefined };
    return { kind, callsPerSecond: await keepInFlight(load) };
  });
}
