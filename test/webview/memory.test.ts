import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { agentMemory } from "agentscope-distributed-daemon/protocol";
import { copyText, saveFile } from "agentscope-distributed-webview/shell";
import { DaemonClient } from "../../extension/src/daemon/daemonClient.js";
import { joinDaemon } from "../../extension/src/daemon/daemonLauncher.js";
import { pageHtml } from "../../extension/src/webviews/pageHtml.js";
import { Relay } from "../../extension/src/webviews/relay.js";
import { until } from "../processes/until.js";
import { seriousViolations } from "./accessibility.js";
import { startChromium } from "./chromium.js";
import { EditorPanel } from "./editorPanel.js";
import { hasBrowser } from "./installedPages.js";
import { type RememberingAgent, RememberingServer } from "./rememberingAgent.js";

describe.runIf(hasBrowser())("the memory of an agent, in a panel of the editor", () => {
  let browser: Browser;
  let server: RememberingServer;
  let agent: RememberingAgent;
  let client: DaemonClient;
  let panel: EditorPanel;
  let page: Page;
  const copied: string[] = [];
  const saved: { name: string; text: string }[] = [];

  /** False from when a test ends them: the next one, or the same one again, has others. */
  let isServed = false;

  async function serve(): Promise<void> {
    server = await RememberingServer.start();
    const join = () => joinDaemon({ script: "", mayStart: false, env: server.state.env });
    client = new DaemonClient({ name: "a test", version: "1", timeoutMs: 10_000, join });
    void client.run();
    isServed = true;
  }
  async function endServing(): Promise<void> {
    client?.close();
    await server?.[Symbol.asyncDispose]();
  }

  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    if (!isServed) {
      await endServing();
      await serve();
    }
    agent = await server.agent("Bert");
  });
  afterEach(async () => {
    await panel?.[Symbol.asyncDispose]();
    copied.length = 0;
    saved.length = 0;
  });
  afterAll(async () => {
    await endServing();
    await browser?.close();
  });

  const open = async (options?: BrowserContextOptions): Promise<void> => {
    const subject = { serverId: server.serverId, agentId: agent.agentId, name: "Bert" };
    panel = await EditorPanel.open(
      browser,
      {
        page: "memory",
        html: (addresses) => pageHtml({ ...addresses, title: "Memory of Bert", opened: { subject, actions: [] } }),
        begin: (name, post) => {
          const allowed = { requests: [agentMemory], topics: ["memory", "agents"] as const };
          const relay = new Relay(client, name, { port: { post }, allowed });
          relay.rpc.onRequest(copyText, ({ text }) => {
            copied.push(text);
            return {};
          });
          relay.rpc.onRequest(saveFile, (file) => {
            saved.push(file);
            return { saved: true };
          });
          return { take: (message) => relay.take(message as never), dispose: () => relay.dispose() };
        },
      },
      options,
    );
    page = panel.page;
  };
  const fill = (count: number) =>
    agent.remembers(
      ...Array.from({ length: count }, (_, index) => ({
        name: index % 2 ? "Bert" : "Anna",
        role: index % 2 ? ("assistant" as const) : ("user" as const),
        content: `message number ${index}${index % 7 ? "" : "\n\nwith a *second* paragraph"}`,
      })),
    );
  const isSeen = (text: string) => page.getByText(text, { exact: true }).waitFor({ timeout: 10_000 });
  const isAtEnd = () =>
    page.evaluate<boolean>(
      "(({ scrollTop, clientHeight, scrollHeight }) => scrollHeight - scrollTop - clientHeight < 60)(document.querySelector('.messages'))",
    );
  const focused = () => page.evaluate<string | null>("document.activeElement.getAttribute('aria-label')");

  test("shows what the agent remembers, and what it hears next, to people of all kinds", async () => {
    await open();
    await isSeen("hello");
    await agent.remembers({ name: "Bert", role: "assistant", content: "are you *there*, `Anna`?" });
    await isSeen("2 messages");
    expect(await page.locator("article em").innerText()).toBe("there");
    for (const colorScheme of ["light", "dark"] as const) {
      for (const contrast of ["no-preference", "more"] as const) {
        await page.emulateMedia({ colorScheme, contrast });
        expect(await seriousViolations(page)).toEqual([]);
      }
    }
    expect(panel.errors).toEqual([]);
    expect(panel.violations).toEqual([]);
  });

  test("tools, data, code and pictures are shown as what they are", async () => {
    await agent.remembers(
      {
        name: "Bert",
        role: "assistant",
        content: "",
        metadata: { toolCalls: [{ id: "1", name: "weather", input: { city: "Oslo" } }] },
      },
      {
        name: "weather",
        role: "system",
        content: '{"sky":"clear"}',
        metadata: { toolCallId: "1", toolName: "weather" },
      },
      {
        name: "weather",
        role: "system",
        content: "no such city",
        metadata: { toolCallId: "2", toolName: "weather", isError: true },
      },
      {
        name: "Bert",
        role: "assistant",
        content: { degrees: 4 },
        url: ["https://pictures.test/sky.png", "/tmp/notes.txt"],
      },
      { name: "Bert", role: "assistant", content: "```ts\nconst sky = 'clear';\n```" },
    );
    await open();
    await page.locator("summary", { hasText: "uses weather" }).waitFor();
    expect(await page.locator(".called .hljs-string").allInnerTexts()).toEqual(['"Oslo"', '"clear"']);
    expect(await page.locator("details[data-failed=true]").innerText()).toContain("no such city");
    expect(await page.locator(".hljs-keyword", { hasText: "const" }).count()).toBe(1);
    await page.getByText("/tmp/notes.txt").waitFor();
    // It can't be loaded here, so it is a link to where it is.
    await page.locator('a[href="https://pictures.test/sky.png"]').waitFor();
    expect(panel.requested).toContain("https://pictures.test/sky.png");
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("nothing that a message says is run, or loaded but for pictures", async () => {
    const run = "document.documentElement.dataset.run = 'yes'";
    const evil = [
      `<script>${run}</script><img src=x onerror="${run}"><iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
      `[a](javascript:${run}) [b](JaVaScRiPt:${run}) [c](data:text/html,<script>${run}</script>) [d](vbscript:${run})`,
      `![x](x" onerror="${run}) <svg onload="${run}"></svg> <style>body{display:none}</style>`,
      `\`\`\`"><img src=x onerror="${run}">\n<script>${run}</script>\n\`\`\``,
      `<a href="command:workbench.action.quit">e</a> [f](command:workbench.action.quit) <form action="https://evil.test"><button>g</button></form>`,
    ];
    await agent.remembers(
      ...evil.map((content) => ({ name: `<img src=x onerror="${run}">`, role: "user" as const, content })),
      { name: "E", role: "user", content: { __html: `<img src=x onerror="${run}">` }, url: `javascript:${run}` },
      {
        name: "E",
        role: "user",
        content: "last",
        url: ["data:text/html,<script>1</script>", "command:x", "http://evil.test/x.png"],
      },
    );
    await open();
    await isSeen("last");
    for (const link of await page.locator("article a").all()) {
      expect(await link.getAttribute("href")).toMatch(/^(https?|mailto):/);
      await link.evaluate("(element) => element.removeAttribute('target')");
    }
    expect(
      await page.locator("article :is(script, iframe, style, form, svg[onload], [onerror], [onload])").count(),
    ).toBe(0);
    expect(await page.evaluate("document.documentElement.dataset.run")).toBeUndefined();
    expect(panel.requested).toEqual([]);
    expect(panel.violations).toEqual([]);
  });

  test("the policy of the page would not run it either", async () => {
    await open();
    await isSeen("hello");
    await page.evaluate(`
      const script = document.createElement("script");
      script.textContent = "document.documentElement.dataset.run = 'yes'";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror=\\"document.documentElement.dataset.run = 'yes'\\">");
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.body.append(style);
      void fetch("https://evil.test/").catch(() => {});
      document.body.insertAdjacentHTML("beforeend", "<iframe src='https://evil.test/frame'></iframe><script src='https://evil.test/script.js'></script>");
    `);
    await until(() => panel.violations.length >= 5, { timeoutMs: 10_000, what: "what the policy refused" });
    const refused = panel.violations.map((violation) => violation.split(":")[0] ?? "");
    expect([...new Set(refused)].sort((a, b) => a.localeCompare(b))).toEqual([
      "connect-src",
      "frame-src",
      "script-src-attr",
      "script-src-elem",
      "style-src-elem",
    ]);
    expect(await page.evaluate("document.documentElement.dataset.run")).toBeUndefined();
    expect(panel.requested).toEqual([]);
  });

  test("of 10,000 messages the page holds those that are seen, wherever the person looks", async () => {
    await fill(9_999);
    await open();
    await isSeen("message number 9998");
    await isSeen("10,000 messages");
    for (const part of [0.5, 0.1, 0.93, 0]) {
      await page.evaluate(
        `(list => list.scrollTop = list.scrollHeight * ${part})(document.querySelector(".messages"))`,
      );
      await until(
        async () => {
          const numbers = await seenNumbers(page);
          return numbers.length > 0 && numbers.every((number) => Math.abs(number - part * 10_000) < 1_000);
        },
        { timeoutMs: 10_000, what: `the messages at ${part} of the list` },
      );
      expect(await page.locator("article").count()).toBeLessThan(60);
    }
    expect(await page.evaluate<number>("document.querySelectorAll('*').length")).toBeLessThan(1_500);
    // The longest that the page stood still while a person scrolls through it, frame by frame.
    const slowestMs = () =>
      page.evaluate<number>(`new Promise((resolve) => {
      const list = document.querySelector(".messages");
      let slowest = 0, last = performance.now(), frames = 0;
      const step = (now) => {
        slowest = Math.max(slowest, now - last);
        last = now;
        list.scrollTop += 120;
        if (++frames < 120) requestAnimationFrame(step); else resolve(slowest);
      };
      requestAnimationFrame(step);
    })`);
    // What else the machine does stops it now and then, and not each time.
    await until(async () => (await slowestMs()) < 500, { timeoutMs: 60_000, what: "a page that never stands still" });
  });

  test("a search goes through all messages, by the keyboard alone", async () => {
    await fill(3_000);
    await open();
    await isSeen("message number 2999");
    await page.keyboard.press("Control+f");
    expect(await focused()).toBe("Search in the memory");
    await page.keyboard.type("number 123");
    const result = page.locator(".result");
    await until(async () => (await result.innerText()) === "1 of 11", { timeoutMs: 10_000, what: "the matches" });
    await isSeen("message number 123");
    await page.keyboard.press("Enter");
    await isSeen("message number 1230");
    expect(await result.innerText()).toBe("2 of 11");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.press("Shift+Enter");
    await isSeen("message number 1239");
    expect(await result.innerText()).toBe("11 of 11");
    expect(await page.evaluate<number>("CSS.highlights.get('current-match').size")).toBe(1);
    await page.keyboard.press("Escape");
    await page.keyboard.type("nowhere to be found");
    await until(async () => (await result.innerText()) === "no match", { timeoutMs: 10_000, what: "no match" });
  });

  test("the messages of one role are listed alone, and searched", async () => {
    await fill(500);
    await open();
    await isSeen("message number 499");
    await page.getByLabel("Role").selectOption("user");
    await isSeen("251 of 501 messages");
    await isSeen("message number 498");
    expect(await page.getByText("message number 499", { exact: true }).count()).toBe(0);
    await page.getByLabel("Search in the memory").fill("number 49");
    await until(async () => (await page.locator(".result").innerText()).endsWith("of 5"), {
      timeoutMs: 10_000,
      what: "the matches in messages of users",
    });
  });

  test("the keyboard goes from message to message, and copies one", async () => {
    await fill(400);
    await open();
    await isSeen("message number 399");
    await page.locator("article").last().focus();
    await page.keyboard.press("Home");
    await until(async () => (await focused())?.startsWith("Anna, user") === true, {
      timeoutMs: 10_000,
      what: "the first",
    });
    expect(await page.evaluate("document.activeElement.ariaPosInSet")).toBe("1");
    await isSeen("hello");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await until(async () => (await page.evaluate("document.activeElement.ariaPosInSet")) === "3", {
      timeoutMs: 10_000,
      what: "the third",
    });
    await page.keyboard.press("Control+c");
    await until(() => copied.length > 0, { timeoutMs: 10_000, what: "a copy" });
    expect(copied).toEqual(["message number 1"]);
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Copy the message of Bert");
    await page.keyboard.press("Enter");
    await isSeen("Copied");
    await page.locator("article:focus-within").press("End");
  });

  test("who reads on is not moved by what comes; who is at the end stays there", async () => {
    await fill(300);
    await open();
    await isSeen("message number 299");
    await agent.remembers({ name: "Anna", role: "user", content: "the newest" });
    await isSeen("the newest");
    await until(isAtEnd, { timeoutMs: 10_000, what: "the end of the list" });
    await page.evaluate("document.querySelector('.messages').scrollTop -= 3000");
    await until(async () => !(await isAtEnd()), { timeoutMs: 10_000, what: "a place before the end" });
    await page.waitForFunction("document.querySelectorAll('.unknown').length === 0");
    const before = await page.evaluate("document.querySelector('.messages').scrollTop");
    await agent.remembers(
      { name: "Anna", role: "user", content: "one" },
      { name: "Anna", role: "user", content: "two" },
    );
    await page.getByText("2 new messages").waitFor();
    expect(await page.evaluate("document.querySelector('.messages').scrollTop")).toBe(before);
    await page.getByText("2 new messages").click();
    await isSeen("two");
    await page.getByText("2 new messages").waitFor({ state: "hidden" });
  });

  test("a page that was hidden is where it was, with its search", async () => {
    await fill(1_000);
    await open();
    await isSeen("message number 999");
    await page.getByLabel("Search in the memory").fill("number 500");
    await isSeen("message number 500");
    await until(async () => (await seenNumbers(page)).includes(500), { timeoutMs: 10_000, what: "message 500" });
    const before = await until(async () => ((await seenNumbers(page)).length > 3 ? seenNumbers(page) : undefined), {
      timeoutMs: 10_000,
      what: "messages",
    });
    await panel.hide();
    await panel.show();
    await isSeen("message number 500");
    expect(await page.getByLabel("Search in the memory").inputValue()).toBe("number 500");
    const after = await until(async () => ((await seenNumbers(page)).includes(500) ? seenNumbers(page) : undefined), {
      timeoutMs: 10_000,
      what: "message 500 in sight",
    });
    expect(Math.abs((after[0] ?? 0) - (before[0] ?? 0))).toBeLessThan(3);
  });

  test("the whole memory is saved as JSON", async () => {
    await fill(450);
    await open();
    await isSeen("message number 449");
    await page.getByLabel("Export as JSON").click();
    await until(() => saved.length > 0, { timeoutMs: 10_000, what: "a file" });
    expect(saved[0]?.name).toBe("Bert-memory.json");
    const messages = JSON.parse(saved[0]?.text ?? "[]") as { content: string }[];
    expect(messages).toHaveLength(451);
    expect(messages.map(({ content }) => content)).toEqual(expect.arrayContaining(["hello", "message number 6"]));
  });

  test("an agent that is gone, and a daemon that is gone, are told of; what was known stays", async () => {
    await open();
    await isSeen("hello");
    isServed = false;
    await server.crash();
    await page.getByText("Bert is gone: its server has ended.").waitFor();
    await isSeen("hello");
    expect(await seriousViolations(page)).toEqual([]);
    await server.endDaemon();
    await page.getByText("No daemon is running.").waitFor();
    await isSeen("hello");
  });
});

/** The numbers of the messages that are in sight. */
async function seenNumbers(page: Page): Promise<number[]> {
  return page.evaluate<number[]>(`
    [...document.querySelectorAll("article")].flatMap((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      const list = document.querySelector(".messages").getBoundingClientRect();
      const number = /message number (\\d+)/.exec(row.textContent)?.[1];
      return number !== undefined && bottom > list.top && top < list.bottom ? [Number(number)] : [];
    })
  `);
}
