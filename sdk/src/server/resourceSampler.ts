import { residentBytes } from "../residentBytes.js";

/** What this process uses: processor, over the time since it was last asked, and memory. */
export class ResourceSampler {
  private usage = process.cpuUsage();
  private at = performance.now();
  private percent = 0;

  /** In percent of one processor; asked again within 100 ms it gives the same. */
  cpuPercent(): number {
    const now = performance.now();
    const elapsedMs = now - this.at;
    if (elapsedMs < 100) return this.percent;
    const { user, system } = process.cpuUsage(this.usage);
    this.percent = Math.round(((user + system) / 1000 / elapsedMs) * 1000) / 10;
    this.usage = process.cpuUsage();
    this.at = now;
    return this.percent;
  }

  /** Resident memory in MB. */
  memoryMb(): number {
    return Math.round((residentBytes() / 1024 / 1024) * 10) / 10;
  }
}
