import type { Workbench } from "./workbench.js";

/** Each with the class by which VS Code marks its window. */
const themes = {
  light: { label: "Light Modern", mark: ".monaco-workbench.vs" },
  highContrast: { label: "Dark High Contrast", mark: ".monaco-workbench.hc-black" },
  dark: { label: "Dark Modern", mark: ".monaco-workbench.vs-dark" },
};

/** Pictures of what is on the screen, in every theme: `NAME-light.png`, `NAME-highContrast.png`, `NAME-dark.png`. */
export async function inEachTheme(window: Workbench, folder: string, name: string): Promise<void> {
  for (const [theme, { label, mark }] of Object.entries(themes)) {
    await window.run("Preferences: Color Theme");
    await window.quickInput.answer(label);
    await window.page.locator(mark).waitFor();
    await window.screenshot(folder, `${name}-${theme}`);
  }
}
