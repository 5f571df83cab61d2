import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Msg } from "agentscope-distributed";
import { listAgents, listServers } from "agentscope-distributed-daemon/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Recorder } from "../fixtures/agents/recorder.js";
import type { AgentServer } from "../processes/agentServer.js";
import { asStudio } from "../processes/daemonProcess.js";
import { scriptPath } from "../processes/script.js";
import { until } from "../processes/until.js";
import { seriousViolations } from "./accessibility.js";
import { startChromium } from "./chromium.js";
import { hasBrowser } from "./installedPages.js";
import { Studio, StudioBrowser } from "./studio.js";

describe.runIf(hasBrowser())("the pages of the daemon, in a browser", () => {
  let browser: Browser;
  let studio: Studio;
  let server: AgentServer;
  let person: StudioBrowser;
  let page: Page;

  beforeAll(async () => {
    [browser, studio] = await Promise.all([startChromium(), Studio.start()]);
    server = await studio.serve("mine");
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

  const heading = (name: string) => page.getByRole("heading", { level: 1, name });
  const agentNamed = async (name: string) => {
    const agent = new Recorder({ name }).toDist(server.at);
    await agent(new Msg({ name: "Anna", role: "user", content: `hello ${name}` }));
    return agent;
  };

  test("the address lets in one browser, once; the code is not in it any more, and the session stays", async () => {
    const address = await studio.address();
    await page.goto(address);
    await heading("Servers").waitFor();
    expect(page.url()).toBe(`${studio.url}/studio/servers`);
    await page.reload();
    await heading("Servers").waitFor();
    await page.goto(studio.url);
    await heading("Servers").waitFor();

    await using other = await StudioBrowser.open(browser);
    const answer = await other.page.goto(address);
    expect(answer?.status()).toBe(401);
    await other.page.getByText("This address was used before").waitFor();
    expect(other.page.url()).not.toContain("#");
  });

  test("a browser that was not let in is told what to do", async () => {
    const answer = await page.goto(`${studio.url}/studio/runs`);
    expect(answer?.status()).toBe(401);
    await page.getByText("This browser has not been let in.").waitFor();
    expect(await page.locator("body").innerText()).toContain("npx as-studio open");
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("a page of another port, to which the browser gives the same cookies, reaches nothing", async () => {
    await page.goto(await studio.address());
    await heading("Servers").waitFor();
    const strange = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<p>strange</p>"));
    strange.listen(0, "127.0.0.1");
    await until(() => strange.address() !== null, { timeoutMs: 5000, what: "a port" });
    const stranger = await page.context().newPage();
    await stranger.goto(`http://127.0.0.1:${(strange.address() as AddressInfo).port}`);
    const reached = await stranger.evaluate(async (url) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/studio/socket`);
      const isOpen = await new Promise<boolean>((settle) => {
        socket.addEventListener("open", () => settle(true));
        socket.addEventListener("error", () => settle(false));
      });
      const asked = await fetch(`${url}/studio/servers`, { credentials: "include" }).then(
        () => true,
        () => false,
      );
      return { isOpen, asked };
    }, studio.url);
    expect(reached).toEqual({ isOpen: false, asked: false });
    strange.close();
  });

  test("a server and its agents are shown live; an agent is deleted after a question, by keyboard alone", async () => {
    await page.goto(await studio.address());
    const row = page.getByRole("row", { name: server.address });
    await row.getByText("ready").waitFor();
    await row.getByText(/\d (MB|KB)/).waitFor();
    const expander = row.getByRole("button", { name: server.address, exact: true });
    await expander.focus();
    await page.keyboard.press("Enter");
    const agent = await agentNamed("Berta");
    const line = page.getByRole("row", { name: /^Berta Recorder/ });
    await line.waitFor();

    const remove = line.getByRole("button", { name: "Delete Berta" });
    await remove.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Delete the agent Berta?" });
    await dialog.waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.locator("[aria-label='Delete Berta']:focus").waitFor();

    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    await dialog.locator("button:focus", { hasText: /^Delete$/ }).waitFor();
    await page.keyboard.press("Enter");
    await line.waitFor({ state: "detached" });
    await using editor = await studio.editor();
    expect((await editor.ask(listAgents, { filter: agent.agentId, offset: 0, limit: 1 })).total).toBe(0);
  });

  test("agents beyond a page are in the next ones, and a filter finds one", async () => {
    const names = Array.from({ length: 55 }, (_, index) => `crowd ${index}`);
    const agents = names.map((name) => new Recorder({ name }).toDist(server.at));
    await Promise.all(agents.map((agent) => agent(new Msg({ name: "A", role: "user", content: "x" }))));
    await page.goto(await studio.address());
    await page.getByRole("button", { name: server.address, exact: true }).click();
    await page.getByText(/^1 – 50 of 5\d$/).waitFor();
    expect(await page.getByRole("row", { name: /Recorder/ }).count()).toBe(50);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText(/^51 – 5\d of 5\d$/).waitFor();
    await page.getByRole("searchbox").fill("crowd 42");
    await page.getByText("1 agent", { exact: true }).waitFor();
    await page.getByRole("row", { name: /^crowd 42/ }).waitFor();
    await page.getByRole("searchbox").fill("");
    await page.getByRole("button", { name: "Delete all …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete All" }).click();
    await page.getByText("0 agents", { exact: true }).waitFor();
  });

  test("what an agent remembers is found by its name", async () => {
    await agentNamed("Cora");
    await page.goto(await studio.address("memory"));
    await page.getByRole("link", { name: "Cora" }).click();
    await page.getByText("hello Cora").waitFor();
    expect(page.url()).toContain("/studio/memory/mine/");
    await page.goBack();
    await page.getByRole("link", { name: "Cora" }).waitFor();
    expect(await page.title()).toBe("Memory · AgentScope");
  });

  test("a run is listed while it goes on, and shows what it writes", async () => {
    await asStudio(studio.state, "run", scriptPath("plain"));
    await page.goto(await studio.address("runs"));
    const row = page.getByRole("row", { name: /^plain/ });
    await row.getByText("succeeded").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await row.getByRole("link").click();
    await heading("plain").waitFor();
    await until(async () => (await page.getByRole("region", { name: "Output" }).innerText()).trim() !== "", {
      timeoutMs: 10_000,
      what: "its output",
    });
  });

  test("when the daemon goes away the page says so, and it connects again by itself", async () => {
    await page.goto(await studio.address());
    const row = page.getByRole("row", { name: server.address });
    await row.getByText("ready").waitFor();
    await studio.killDaemon();
    const lost = page.getByText("The daemon is not there.");
    await lost.waitFor();
    await row.getByRole("button", { name: `Stop ${server.address}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
    await page.getByRole("alert").getByText("The daemon is not there.").waitFor();
    await page.keyboard.press("Escape");
    await studio.startDaemon();
    await lost.waitFor({ state: "detached" });
    await row.getByText("ready").waitFor({ timeout: 30_000 });
    expect(await page.getByRole("status").allInnerTexts()).not.toContain("The daemon is not there.");
  });

  test("a server is stopped after a question", async () => {
    const other = await studio.serve("other");
    await page.goto(await studio.address());
    await page.getByRole("button", { name: `Stop ${other.address}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
    expect(await other.endsWithin(20_000)).toMatchObject({ code: 0 });
    await using editor = await studio.editor();
    const rows = await editor.ask(listServers, {});
    expect(rows.filter(({ serverId, state }) => serverId === "other" && state !== "stopped")).toEqual([]);
  });

  test.each(["light", "dark"] as const)(
    "no page hinders people, in %s colours and on a narrow screen",
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(await studio.address());
      for (const name of ["Servers", "Runs", "Memory", "Resources"]) {
        await page.getByRole("link", { name, exact: true }).click();
        await heading(name).waitFor();
        expect(await seriousViolations(page), name).toEqual([]);
      }
      await page.setViewportSize({ width: 380, height: 700 });
      const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await page.evaluate(overflow)).toBe(0);
    },
  );
});
