import { type TransferListItem, Worker, type WorkerOptions } from "node:worker_threads";
import type * as agentDir from "../../src/server/agentDir.js";
import type * as classModules from "../../src/server/classModules.js";

/** The folder of agents of this name below test/fixtures/agentDirs. */
export function fixture(name: string): URL {
  return new URL(`../../../test/fixtures/agentDirs/${name}`, import.meta.url);
}

/** An agent class as tests use it. */
export interface TestClass {
  new (config: { name: string }): Record<string, (...args: unknown[]) => unknown>;
  readonly name: string;
}

/** What a step in a worker can use: it is sent as text, and sees nothing around it. */
export interface WorkerModules {
  loadClass: typeof classModules.loadClass;
  loadAgentDir: typeof agentDir.loadAgentDir;
  /** Loads a class; typed for use. */
  load: (url: string, className: string) => Promise<TestClass>;
  /** The SDK's own, as a module that is no TypeScript imports it. */
  AgentBase: TestClass;
}

const dist = new URL("../../dist/", import.meta.url).href;
const prelude = `
  const { parentPort, workerData } = require("node:worker_threads");
  (async () => {
    const { AgentBase } = await import("${dist}bundle/index.js");
    const modules = {};
    for (const name of ["classModules", "agentDir"])
      Object.assign(modules, await import("${dist}server/" + name + ".js"));
    const load = (url, className) => modules.loadClass({ url, className });
    return STEP({ ...modules, AgentBase, load }, workerData);
  })().then(
    (value) => parentPort.postMessage({ value }),
    (error) => parentPort.postMessage({ error: { message: error.message, code: error.code, cause: error.cause } }),
  );`;

/** Runs a step in a fresh worker thread, as an agent server does: without the test runner, on compiled files. */
export async function inWorker<Given extends TransferListItem | object | string, Result>(
  step: (modules: WorkerModules, given: Given) => Promise<Result>,
  given: Given,
  options: WorkerOptions = {},
): Promise<Result> {
  const worker = new Worker(
    prelude.replace("STEP", () => `(${step.toString()})`),
    {
      ...options,
      eval: true,
      workerData: given,
    },
  );
  try {
    return await new Promise<Result>((resolve, reject) => {
      worker.once("message", ({ value, error }: { value: Result; error?: Error }) => {
        if (error) reject(Object.assign(new Error(error.message), error));
        else resolve(value);
      });
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`the worker thread ended with ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}
