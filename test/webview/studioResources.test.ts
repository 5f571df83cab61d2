import { Msg } from "agentscope-distributed";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Recorder } from "../fixtures/agents/recorder.js";
import type { AgentServer } from "../processes/agentServer.js";
import { until } from "../processes/until.js";
import { startChromium } from "./chromium.js";
import { hasBrowser } from "./installedPages.js";
import { Studio, StudioBrowser } from "./studio.js";

/** How many pixels of a chart's canvas have the colour of a line. */
const pixelsOf = (metric: string, line: number) => `(() => {
  const plot = document.querySelector('.chart[data-metric="${metric}"] .plot');
  const canvas = plot?.querySelector("canvas");
  if (!canvas) return 0;
  const colour = getComputedStyle(plot).getPropertyValue("--line-${line}").trim();
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 128 && wanted.every((value, index) => Math.abs(data[at + index] - value) < 12)) found++;
  }
  return found;
})()`;

describe.runIf(hasBrowser())("the resources of servers, in a browser", () => {
  let browser: Browser;
  let studio: Studio;
  let servers: AgentServer[];
  let person: StudioBrowser;
  let page: Page;

  beforeAll(async () => {
    [browser, studio] = await Promise.all([startChromium(), Studio.start()]);
    servers = [await studio.serve("one"), await studio.serve("two")];
  });
  beforeEach(async () => {
    person = await StudioBrowser.open(browser);
    ({ page } = person);
  });
  afterEach(async () => {
    await person[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  /** Let in, and there. */
  const open = async (name: string) => {
    await page.goto(await studio.address(name));
    await page.getByRole("heading", { level: 1, name: new RegExp(name, "i") }).waitFor();
  };
  const drawnPixels = (metric: string, line: number) => page.evaluate<number>(pixelsOf(metric, line));
  const drawn = (metric: string, line: number) =>
    until(async () => (await drawnPixels(metric, line)) > 10, {
      timeoutMs: 20_000,
      what: `line ${line} of ${metric}`,
    });
  const notDrawn = (metric: string, line: number) =>
    until(async () => (await drawnPixels(metric, line)) === 0, {
      timeoutMs: 10_000,
      what: `no line ${line} of ${metric}`,
    });
  const chart = (name: string) => page.getByRole("slider", { name: `${name} over time` });
  const told = async (name: string) => (await chart(name).getAttribute("aria-valuetext")) ?? "";
  const legend = (server: AgentServer | undefined) =>
    page.getByRole("group", { name: "Servers" }).getByRole("button", { name: server?.address ?? "" });

  test("each server has a curve in every chart, and calls show in theirs", async () => {
    await open("resources");
    await drawn("memory", 1);
    await drawn("memory", 2);
    await page.getByRole("button", { name: "1 min", exact: true }).click();
    const agent = new Recorder({ name: "A" }).toDist(servers[0]?.at ?? {});
    const calls = Array.from({ length: 200 }, () => agent(new Msg({ name: "A", role: "user", content: "x" })));
    await Promise.all(calls);
    const axis = page.locator('.chart[data-metric="calls"] canvas');
    await axis.waitFor();
    await page.getByRole("button", { name: "Table" }).click();
    const row = page.getByRole("row", { name: servers[0]?.address ?? "" });
    await until(async () => Number(/([\d.]+)\/s$/.exec((await row.innerText()).trim())?.[1]) > 10, {
      timeoutMs: 10_000,
      what: "the highest number of calls",
    });
    expect(await row.innerText()).toMatch(/\d %.*\d MB.*\d ms/s);
  });

  test("a server is hidden and shown by the legend, and all of its lines with it", async () => {
    await open("resources");
    await drawn("cpu", 1);
    await legend(servers[0]).press("Space");
    expect(await legend(servers[0]).getAttribute("aria-pressed")).toBe("false");
    for (const metric of ["cpu", "memory", "delay"]) await notDrawn(metric, 1);
    await drawn("memory", 2);
    expect(await told("Memory")).not.toContain(servers[0]?.address);
    await page.reload();
    await drawn("memory", 2);
    await notDrawn("memory", 1);
    await page.getByRole("button", { name: "Show all" }).click();
    await drawn("memory", 1);
  });

  test("from a server's row its resources alone are shown", async () => {
    await open("servers");
    await page.getByRole("link", { name: `Resources of ${servers[1]?.address}` }).click();
    await drawn("memory", 2);
    expect(await legend(servers[0]).getAttribute("aria-pressed")).toBe("false");
    await notDrawn("memory", 1);
    expect(await told("Memory")).toMatch(/^\d\d:\d\d:\d\d: 127\.0\.0\.1:\d+ \d+ MB$/);
  });

  test("a chart is read and zoomed by keyboard, and goes back to what is live", async () => {
    await open("resources");
    await drawn("memory", 1);
    await chart("Memory").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    const before = await told("Memory");
    expect(before).toMatch(/^\d\d:\d\d:\d\d: .*\d MB/);
    expect(await page.locator(".tooltip").count()).toBe(1);
    await page.keyboard.press("+");
    await page.getByText(/^\d\d:\d\d:\d\d – \d\d:\d\d:\d\d$/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("live", { exact: true }).waitFor();
  });

  test("a part is chosen by dragging, for all charts at once, and held until it is let go", async () => {
    await open("resources");
    await drawn("cpu", 1);
    const box = await page.locator('.chart[data-metric="cpu"] .u-over').boundingBox();
    if (!box) throw new Error("no chart");
    await page.mouse.move(box.x + box.width * 0.5, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 50, { steps: 5 });
    await page.mouse.up();
    const shown = page.getByText(/^\d\d:\d\d:\d\d – \d\d:\d\d:\d\d$/);
    await shown.waitFor();
    const range = async (name: string) => [
      Number(await chart(name).getAttribute("aria-valuemin")),
      Number(await chart(name).getAttribute("aria-valuemax")),
    ];
    const [begin = 0, end = 0] = await range("CPU");
    expect(end - begin).toBeGreaterThan(100);
    expect(end - begin).toBeLessThan(140);
    expect(await range("Calls")).toEqual([begin, end]);
    await page.getByRole("button", { name: "Resume" }).click();
    await shown.waitFor({ state: "detached" });
  });

  test("paused it stands still while samples come, and shows them when it goes on", async () => {
    await open("resources");
    await drawn("cpu", 1);
    const last = async () => Number(await chart("CPU").getAttribute("aria-valuemax"));
    await page.getByRole("button", { name: "Pause" }).click();
    const stood = await last();
    await using editor = await studio.editor();
    const subscription = await editor.watch({ topic: "resources", sinceMs: Date.now() });
    await editor.sees(
      subscription,
      "resources",
      ({ snapshot, series }) => !snapshot && (series["one"]?.length ?? 0) > 0,
    );
    expect(await last()).toBe(stood);
    await page.getByRole("button", { name: "Resume" }).click();
    await until(async () => (await last()) > stood, { timeoutMs: 10_000, what: "a later time" });
  });

  test("where a server was away its curve has a gap, and goes on after it", async () => {
    await open("resources");
    await page.getByRole("button", { name: "1 min", exact: true }).click();
    await drawn("memory", 2);
    servers[1]?.kill("SIGSTOP");
    const away = async () => {
      await chart("Memory").focus();
      await page.keyboard.press("End");
      return !(await told("Memory")).includes(servers[1]?.address ?? "");
    };
    try {
      await until(away, { timeoutMs: 30_000, what: "the server gone from the chart" });
    } finally {
      servers[1]?.kill("SIGCONT");
    }
    await until(async () => !(await away()), { timeoutMs: 30_000, what: "the server in the chart again" });
    // Some seconds ago it was not there.
    let wasAway = false;
    for (let step = 0; step < 25 && !wasAway; step++) {
      await page.keyboard.press("ArrowLeft");
      wasAway = !(await told("Memory")).includes(servers[1]?.address ?? "");
    }
    expect(wasAway).toBe(true);
  });

  test("the curves have the colours of the theme that the system has", async () => {
    await page.emulateMedia({ colorScheme: "light" });
    await open("resources");
    await drawn("memory", 1);
    const colour = () =>
      page.evaluate("getComputedStyle(document.querySelector('.plot')).getPropertyValue('--line-1')");
    const light = await colour();
    await page.emulateMedia({ colorScheme: "dark" });
    await until(async () => (await colour()) !== light, { timeoutMs: 5000, what: "other colours" });
    expect(await drawn("memory", 1)).toBe(true);
  });
});
