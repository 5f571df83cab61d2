import { useEffect, useState } from "preact/hooks";

/** A number that changes with the page's colours: what is drawn on a canvas does not follow them by itself. */
export function useTheme(): number {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const changed = () => setTheme((before) => before + 1);
    const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"].map(
      (query) => matchMedia(query),
    );
    for (const query of queries) query.addEventListener("change", changed);
    // The editor tells by classes of the body and properties of the root.
    const watch = new MutationObserver(changed);
    for (const element of [document.documentElement, document.body]) {
      watch.observe(element, { attributes: true, attributeFilter: ["class", "style"] });
    }
    return () => {
      watch.disconnect();
      for (const query of queries) query.removeEventListener("change", changed);
    };
  }, []);
  return theme;
}
