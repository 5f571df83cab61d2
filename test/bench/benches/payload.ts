import { AgentServer } from "../agentServer.js";
import { InspectorAgent, RelayAgent, SourceAgent } from "../agents/largeValueAgents.js";
import type { Bench } from "../bench.js";
import { callEcho, checkEcho, createEchoAgents, inRotation } from "../echoAgents.js";
import { ratioAtLeast, valueAtMost } from "../figure.js";
import { transferredBytes } from "../processCounters.js";
import { quantile } from "../statistics.js";
import { ByteStream } from "../yardsticks/byteStream.js";

/** The value goes from the first server to the second, and back to the inspector on the first. */
const borders = 2;
const transfersBesideSmallCalls = 2;

interface Transfer {
  readonly megabytesPerSecond: number;
  /** What the main process read, and what each border carried in multiples of the value. */
  readonly mainReadKib: number;
  readonly crossings: number;
}

export const payload: Bench = {
  name: "payload",
  what: "64 MiB (--quick: 16) through three agents on two servers; the yardstick is a raw stream of bytes",

  async run(context) {
    const sizeMib = context.quick ? 16 : 64;
    const sizeBytes = sizeMib * 2 ** 20;
    const first = context.own(await AgentServer.start());
    const second = context.own(await AgentServer.start());
    const source = new SourceAgent({ name: "source", sizeBytes, toDist: first.address });
    const relay = new RelayAgent({ name: "relay", toDist: second.address });
    const inspector = new InspectorAgent({ name: "inspector", toDist: first.address });
    const echoes = [...(await createEchoAgents(first, 1)), ...(await createEchoAgents(second, 1))];
    const stream = context.own(await ByteStream.start());
    const readBytes = (pid: number): number => transferredBytes(pid).readBytes;

    const transfer = async (): Promise<Transfer> => {
      const before = { main: readBytes(process.pid), servers: readBytes(first.pid) + readBytes(second.pid) };
      const beganAt = performance.now();
      const seen = await inspector(relay(source())).content;
      const seconds = (performance.now() - beganAt) / 1000;
      if (seen !== sizeBytes) throw new Error(`the inspector saw ${String(seen)} bytes instead of ${sizeBytes}`);
      return {
        megabytesPerSecond: (borders * sizeBytes) / seconds / 1e6,
        mainReadKib: (readBytes(process.pid) - before.main) / 1024,
        crossings: (readBytes(first.pid) + readBytes(second.pid) - before.servers) / sizeBytes / borders,
      };
    };

    const smallCallsP99Ms = async (): Promise<number> => {
      const moving = { done: false };
      const moved = (async () => {
        for (let number = 0; number < transfersBesideSmallCalls; number++) await transfer();
        moving.done = true;
      })();
      const tookMs: number[] = [];
      while (!moving.done) {
        const beganAt = performance.now();
        checkEcho(await callEcho(inRotation(echoes, tookMs.length)));
        tookMs.push(performance.now() - beganAt);
      }
      await moved;
      return quantile(tookMs, 0.99);
    };

    const rounds = await context.inTurn({
      transfer,
      grpcStream: async () => (await stream.bytesPerSecond("grpc", sizeBytes)) / 1e6,
      tcpSocket: async () => (await stream.bytesPerSecond("tcp", sizeBytes)) / 1e6,
      smallCallsP99Ms,
    });
    const { transfer: transfers, grpcStream, tcpSocket } = rounds.of;
    const rate = { unit: "MB/s", values: transfers.map((one) => one.megabytesPerSecond) };
    return [
      context.figure(rounds, {
        ...rate,
        figure: `${sizeMib} MiB beside a gRPC stream`,
        yardstick: grpcStream,
        goal: ratioAtLeast(0.5),
      }),
      context.figure(rounds, { ...rate, figure: `${sizeMib} MiB beside a TCP socket`, yardstick: tcpSocket }),
      context.figure(rounds, {
        figure: "crosses each border",
        unit: "times",
        values: transfers.map((one) => one.crossings),
        goal: valueAtMost(1.05),
      }),
      context.figure(rounds, {
        figure: "the main process receives",
        unit: "KiB",
        values: transfers.map((one) => one.mainReadKib),
        goal: valueAtMost(64),
      }),
      context.figure(rounds, {
        figure: "p99 of small calls beside it",
        unit: "ms",
        values: rounds.of.smallCallsP99Ms,
        goal: valueAtMost(20),
      }),
    ];
  },
};
