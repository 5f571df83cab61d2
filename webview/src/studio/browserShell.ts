import type { Shell } from "../shell/shell.js";

/** Around a view in a browser's window. Its place is kept for this tab, by the name. */
export function browserShell(name: string): Shell {
  const key = `agentscope ${name}`;
  return {
    actions: [],
    act: async () => {},
    get place(): unknown {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? "null") as unknown;
      } catch {
        return undefined;
      }
    },
    keepPlace: (place) => {
      try {
        sessionStorage.setItem(key, JSON.stringify(place));
      } catch {
        // A browser that keeps nothing: the view begins anew each time.
      }
    },
    saveFile: async (file, text) => {
      const address = URL.createObjectURL(new Blob([text]));
      const link = document.createElement("a");
      link.href = address;
      link.download = file;
      link.click();
      // The browser has begun to read it by then.
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      return true;
    },
    copyText: (text) => navigator.clipboard.writeText(text),
  };
}
