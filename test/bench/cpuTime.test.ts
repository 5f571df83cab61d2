import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { foreignCpuSeconds, machineBusySeconds, parseProcessTimes, sampleCpu, treeSeconds } from "./cpuTime.js";

const procStat = "cpu  1000 100 500 90000 700 33 44 25 0 0\ncpu0 500 50 250 45000 350 16 22 12 0 0\n";

describe("foreign CPU time", () => {
  test("the machine is busy with user, nice, system and stolen time, not with idling, waiting or interrupts", () => {
    expect(machineBusySeconds(procStat)).toBeCloseTo((1000 + 100 + 500 + 25) / 100);
  });

  test("a program's name may hold blanks and brackets", () => {
    const stat = "42 (node (a) b) S 7 42 42 0 -1 4194560 100 200 0 0 150 50 30 20 20 0 11 0 100 1 2";
    expect(parseProcessTimes(stat)).toEqual({ pid: 42, parentPid: 7, seconds: 2.5 });
  });

  test("a tree is the process and all below it, and nobody else", () => {
    const processes = [
      { pid: 1, parentPid: 0, seconds: 100 },
      { pid: 10, parentPid: 1, seconds: 1 },
      { pid: 11, parentPid: 10, seconds: 2 },
      { pid: 12, parentPid: 11, seconds: 4 },
      { pid: 20, parentPid: 1, seconds: 50 },
    ];
    expect(treeSeconds(processes, 10)).toBe(7);
    expect(treeSeconds(processes, 999)).toBe(0);
  });

  test("what is not ours is foreign, and never less than nothing", () => {
    const before = { machineSeconds: 100, treeSeconds: 10 };
    expect(foreignCpuSeconds(before, { machineSeconds: 105, treeSeconds: 13 })).toBe(2);
    expect(foreignCpuSeconds(before, { machineSeconds: 101, treeSeconds: 12 })).toBe(0);
    expect(foreignCpuSeconds(undefined, before)).toBeUndefined();
  });

  test.runIf(process.platform === "linux")("work of a child that has ended is ours", () => {
    const before = sampleCpu();
    execFileSync(process.execPath, ["-e", "while (process.cpuUsage().user < 300_000);"]);
    const after = sampleCpu();
    expect((after?.treeSeconds ?? 0) - (before?.treeSeconds ?? 0)).toBeGreaterThan(0.2);
  });
});
