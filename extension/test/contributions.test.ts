import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  commandId,
  contextKey,
  innerCommandId,
  settingId,
  viewContainer,
  viewId,
  walkthroughId,
} from "../src/contributions.js";

interface MenuItem {
  /** Undefined: the item opens a submenu. */
  command?: string;
  submenu?: string;
  when?: string;
}
interface Manifest {
  icon: string;
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  contributes: {
    commands: { command: string; title: string; category: string; enablement?: string }[];
    menus: Record<string, MenuItem[]>;
    submenus: { id: string; label: string }[];
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    views: Record<string, { id: string; name: string; icon: string }[]>;
    viewsWelcome: { view: string; when: string; contents: string }[];
    walkthroughs: { id: string; steps: { description: string; when?: string; media: { markdown: string } }[] }[];
    configuration: { properties: Record<string, Record<string, unknown>> };
  };
}

const folder = new URL("../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as Manifest;
const { contributes } = manifest;
const commands = Object.values<string>(commandId);

/** Names that when-clauses may use and that VS Code defines. */
const known = [
  ...["view", "viewItem", "isWorkspaceTrusted", "workspaceFolderCount"],
  ...["resourceLangId", "resourceExtname", "resourceScheme"],
];

describe("the manifest and contributions.ts say the same", () => {
  test("commands, each with a title and the category that the palette groups by", () => {
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual(commands.sort());
    for (const { title, category } of contributes.commands) {
      expect(title).toMatch(/^[A-Z]/);
      expect(category).toBe("AgentScope");
    }
  });

  test("views and their container", () => {
    expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual([viewContainer]);
    expect(contributes.views[viewContainer]?.map(({ id }) => id).sort()).toEqual(Object.values<string>(viewId).sort());
  });

  test("settings, each with a description and a default", () => {
    const { properties } = contributes.configuration;
    expect(Object.keys(properties).sort()).toEqual(Object.values<string>(settingId).sort());
    for (const property of Object.values(properties)) {
      expect(property.markdownDescription).toMatch(/\.$/);
      expect(property).toHaveProperty("default");
    }
  });
});

test("menus and welcome texts name commands that there are", () => {
  const inMenus = Object.values(contributes.menus).flatMap((items) => items.flatMap(({ command }) => command ?? []));
  expect(inMenus.filter((command) => !commands.includes(command))).toEqual([]);
  const texts = [
    ...contributes.viewsWelcome.map(({ contents }) => contents),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
  ];
  const inTexts = texts.flatMap((text) => [...text.matchAll(/command:([\w.]+)/g)]);
  const ours = inTexts.map(([, command = ""]) => command).filter((command) => command.startsWith("agentscope."));
  expect(ours.length).toBeGreaterThan(0);
  expect(ours.filter((command) => !commands.includes(command))).toEqual([]);
});

test("submenus are opened from a menu, and have commands in them", () => {
  const opened = Object.values(contributes.menus).flatMap((items) => items.flatMap(({ submenu }) => submenu ?? []));
  expect(opened).toEqual(contributes.submenus.map(({ id }) => id));
  for (const { id } of contributes.submenus) expect(contributes.menus[id]?.length).toBeGreaterThan(0);
});

test("when-clauses use context keys that somebody sets", () => {
  const clauses = [
    ...Object.values(contributes.menus).flatMap((items) => items.map(({ when }) => when ?? "")),
    ...contributes.viewsWelcome.map(({ when }) => when),
    ...contributes.commands.map(({ enablement }) => enablement ?? ""),
  ];
  const keys = clauses.flatMap((clause) =>
    clause
      .split(/&&|\|\|/)
      .flatMap((term) => /^[\s!(]*([\w.]+)/.exec(term)?.[1] ?? [])
      .filter((key) => !known.includes(key)),
  );
  const set = Object.values<string>(contextKey);
  expect([...new Set(keys)].filter((key) => !set.includes(key))).toEqual([]);
  expect(set.filter((key) => !keys.includes(key))).toEqual([]);
});

test("what only rows and the status bar call is not in the palette", () => {
  expect(Object.values<string>(innerCommandId).filter((command) => commands.includes(command))).toEqual([]);
});

test("the API that is compiled against is the oldest editor's", () => {
  expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies["@types/vscode"]}`);
});

test("the walkthrough is the one that is opened by its id", () => {
  expect(contributes.walkthroughs.map(({ id }) => id)).toEqual([walkthroughId]);
});

test("pictures and texts are there", () => {
  const pictures = [
    ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    manifest.icon,
    ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
    ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
  ];
  expect(pictures.filter((path) => !existsSync(new URL(path, folder)))).toEqual([]);
});
