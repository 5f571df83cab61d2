import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { addressOf, pagesPath, type Route, routeOf } from "./route.js";

const moved = "agentscope-moved";

function go(address: string): void {
  history.pushState(null, "", address);
  dispatchEvent(new Event(moved));
}

/** The page that the address means, also after it has changed. */
export function useRoute(): Route {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const look = () => setPath(location.pathname);
    for (const event of ["popstate", moved]) addEventListener(event, look);
    return () => {
      for (const event of ["popstate", moved]) removeEventListener(event, look);
    };
  }, []);
  return routeOf(path);
}

interface LinkProps {
  to: Route;
  children: ComponentChildren;
  class?: string;
  isCurrent?: boolean;
  label?: string;
}

/** Goes to another page without loading anything anew; to a new tab as every link does. */
export function Link({ to, children, isCurrent = false, label, class: className }: LinkProps) {
  const address = addressOf(to);
  return (
    <a
      href={address}
      class={className}
      aria-current={isCurrent ? "page" : undefined}
      aria-label={label}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(address);
      }}
    >
      {children}
    </a>
  );
}

const pages: readonly { route: Route; title: string; icon: string }[] = [
  {
    route: { page: "servers" },
    title: "Servers",
    icon: "M2 3h12v4H2zm0 6h12v4H2zm2-4.6v1.2h1.6V4.4zm0 6v1.2h1.6v-1.2z",
  },
  { route: { page: "runs" }, title: "Runs", icon: "M4 2.5v11l9-5.5z" },
  { route: { page: "memory" }, title: "Memory", icon: "M2 3h12v8H7l-3 2.8V11H2z" },
  {
    route: { page: "resources" },
    title: "Resources",
    icon: "M2 13h12v1H1V2h1zm1-2.5 3-4 2.5 2L13 3v2L8.7 10 6.2 8 3 12z",
  },
];

export function Navigation({ current }: { current: Route["page"] }) {
  return (
    <nav class="navigation" aria-label="Pages">
      <a class="brand" href={pagesPath}>
        <img src="/studio/assets/icon.svg" alt="" width="22" height="22" />
        AgentScope
      </a>
      {pages.map(({ route, title, icon }) => (
        <Link key={route.page} to={route} isCurrent={route.page === current}>
          <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={icon} fill-rule="evenodd" />
          </svg>
          {title}
        </Link>
      ))}
    </nav>
  );
}
