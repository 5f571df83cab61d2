import { pathToFileURL } from "node:url";
import { loadBuiltInAgent } from "../agents/builtInAgents.js";
import { InvalidArgumentError } from "../errors.js";
import type { AgentClass } from "../runtime/agentHost.js";
import { type AgentDirReport, loadAgentDir } from "./agentDir.js";
import { loadClass } from "./classModules.js";
import type { WorkerOptions } from "./workerMessages.js";

/**
 * The classes that a server makes agents of: those it was started with, and, on a child server, those that its parent names
 * by their modules.
 */
export class AgentClasses {
  private readonly registered = new Map<string, AgentClass>();
  private readonly modules = new Map<string, string>();
  private readonly byModule = new Map<string, AgentClass>();
  private loading: Promise<unknown> | undefined;

  /** @param onFile is told before a file of the folder of agents is loaded. */
  constructor(
    private readonly options: WorkerOptions,
    private readonly onFile: (file: string) => void,
  ) {}

  /** Loads what the server was started with; the report is of the folder of agents, if there is one. */
  load(): Promise<AgentDirReport | undefined> {
    const loading = this.loadAll();
    this.loading = loading.catch(() => {}).then(() => (this.loading = undefined));
    return loading;
  }

  private async loadAll(): Promise<AgentDirReport | undefined> {
    await this.add(this.options.classes);
    if (this.options.agentDir === undefined) return undefined;
    const { agentDir, blockingFiles: blocking } = this.options;
    const { report, classes } = await loadAgentDir(agentDir, { onFile: this.onFile, blocking });
    for (const [name, agentClass] of classes) this.registered.set(name, agentClass as AgentClass);
    for (const { file, classes: names } of report.files) {
      for (const name of names) this.modules.set(name, pathToFileURL(file).href);
    }
    return report;
  }

  /**
   * Registers classes by the modules that define them.
   *
   * @throws InvalidArgumentError when one can't be loaded.
   */
  async add(classes: WorkerOptions["classes"]): Promise<void> {
    for (const location of classes) {
      this.registered.set(location.className, (await loadClass(location)) as AgentClass);
      this.modules.set(location.className, location.url);
    }
  }

  /** The url of the module that defines an agent's class, where it is known. */
  moduleOf({ className, spec }: { className: string; spec: { moduleUrl: string | undefined } }): string | undefined {
    return spec.moduleUrl ?? this.modules.get(className);
  }

  /** @throws InvalidArgumentError naming the classes there are, and how to add one. */
  find(className: string, moduleUrl: string | undefined): AgentClass | Promise<AgentClass> {
    const key = moduleUrl === undefined ? className : `${moduleUrl}#${className}`;
    const known = this.registered.get(key) ?? this.byModule.get(key);
    if (known !== undefined) return known;
    if (this.loading !== undefined) return this.loading.then(() => this.find(className, moduleUrl));
    if (moduleUrl === undefined) {
      const builtIn = loadBuiltInAgent(className);
      if (builtIn !== undefined) return builtIn.then((loaded) => this.keep(key, loaded));
    }
    if (moduleUrl === undefined || !this.options.classesByModule) throw this.unknown(className);
    return loadClass({ url: moduleUrl, className }).then((loaded) => this.keep(key, loaded as AgentClass));
  }

  /** Registered classes come first under their names: a name here is that of a built-in class, or begins with a module. */
  private keep(key: string, agentClass: AgentClass): AgentClass {
    this.byModule.set(key, agentClass);
    return agentClass;
  }

  private unknown(className: string): InvalidArgumentError {
    const names = [...this.registered.keys()].sort();
    const has = names.length === 0 ? "it has no agent classes" : `it has ${names.join(", ")}`;
    return new InvalidArgumentError(
      `the server does not know the class ${className}; ${has}. Start it with customAgentClasses: [${className}], or with ` +
        `--agent-dir and the folder that holds the file which exports ${className}`,
    );
  }
}
