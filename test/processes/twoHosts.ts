import { execFileSync, spawnSync } from "node:child_process";

/** One of the two: its address, and what starts a process on it. */
export interface Host {
  readonly address: string;
  readonly through: readonly string[];
}

/** Connections that are opened from a host have ports from here on; rules for others concern what it listens on. */
const firstOwnPort = 40_000;
/** Nobody's. */
const deadMac = "02:00:00:00:00:99";

let lastPair = 0;

/**
 * Two hosts with a cable between them: network namespaces, each with its own loopback and its own interface.
 *
 * Needs Linux, `ip`, and the right to make namespaces (root); {@link TwoHosts.whyNot} says what is missing.
 */
export class TwoHosts implements Disposable {
  readonly far: Host;
  readonly near: Host;
  private readonly name = `as${process.pid % 100_000}x${++lastPair}`;

  constructor() {
    const { name } = this;
    const subnet = `10.${77 + (process.pid % 100)}.${lastPair}`;
    this.far = { address: `${subnet}.1`, through: ["ip", "netns", "exec", `${name}f`] };
    this.near = { address: `${subnet}.2`, through: ["ip", "netns", "exec", `${name}n`] };
    try {
      for (const end of ["f", "n"]) ip("netns", "add", name + end);
      ip(
        "link",
        "add",
        `${name}f`,
        "netns",
        `${name}f`,
        "type",
        "veth",
        "peer",
        "name",
        `${name}n`,
        "netns",
        `${name}n`,
      );
      for (const [end, { address }] of [["f", this.far] as const, ["n", this.near] as const]) {
        const on = ["-n", name + end];
        ip(...on, "address", "add", `${address}/24`, "dev", name + end);
        ip(...on, "link", "set", "lo", "up");
        ip(...on, "link", "set", name + end, "up");
      }
      const own = `net.ipv4.ip_local_port_range=${firstOwnPort} 60999`;
      execFileSync("ip", ["netns", "exec", `${name}f`, "sysctl", "-qw", own], { stdio: "pipe" });
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Why there can't be two hosts here; undefined: there can. */
  static whyNot(): string | undefined {
    if (process.platform !== "linux") return "network namespaces are Linux's";
    try {
      new TwoHosts()[Symbol.dispose]();
      return undefined;
    } catch (error) {
      return `network namespaces can't be made here (it takes root and the command ip): ${(error as Error).message}`;
    }
  }

  /** From now on nobody can connect to the far host, which can connect to the near one. */
  closeFar(): void {
    const ports = `1-${firstOwnPort - 1}`;
    ip("-n", `${this.name}n`, "rule", "add", "to", this.far.address, "ipproto", "tcp", "dport", ports, "blackhole");
  }

  /** The cable swallows everything, both ways: nobody is told. */
  goSilent(): void {
    for (const [end, other] of this.ends) {
      const device = this.name + end;
      ip("-n", device, "neigh", "replace", other.address, "lladdr", deadMac, "dev", device, "nud", "permanent");
    }
  }

  comeBack(): void {
    for (const [end, other] of this.ends) {
      ip("-n", this.name + end, "neigh", "del", other.address, "dev", this.name + end);
    }
  }

  private get ends(): [string, Host][] {
    return [
      ["f", this.near],
      ["n", this.far],
    ];
  }

  [Symbol.dispose](): void {
    for (const end of ["f", "n"]) spawnSync("ip", ["netns", "del", this.name + end]);
  }
}

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: "pipe" });
}
