// Where the page is: the browser's own history, plain links, and focus that moves to the heading of a new page.
import { store, useStore } from "./store.ts";

export type Place = {
  /** Path, such as `/agreements/01J...`. */
  path: string;
  query: URLSearchParams;
  /** Counts navigations: 0 is the page as it was loaded. */
  visit: number;
};

function here(visit: number): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search), visit };
}

export const place = store<Place>(globalThis.location ? here(0) : { path: "/", query: new URLSearchParams(), visit: 0 });

/** Where the page is, for a part of it. */
export function usePlace(): Place {
  return useStore(place);
}

/** Go to a path of this page. `replace` leaves no step back. */
export function navigate(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  scrollTo(0, 0);
  place.set(here(place.get().visit + 1));
}

/** Change one value of the query, as a filter does: no step back, no move of focus. */
export function setQuery(name: string, found: string | undefined): void {
  const query = new URLSearchParams(location.search);
  if (found === undefined) query.delete(name);
  else query.set(name, found);
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text && `?${text}`));
  place.set(here(place.get().visit));
}

/** Values in a path, by a pattern such as `/positions/{id}`; undefined where it is another path. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const text = given[index]!;
    if (name && text) found[name] = decodeURIComponent(text);
    else if (part !== text) return undefined;
  }
  return found;
}

/** Take over links of this page and the browser's own steps. `known` tells pages from files and foreign paths. */
export function listen(known: (path: string) => boolean): void {
  addEventListener("popstate", () => place.set(here(place.get().visit + 1)));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest("a");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    if (!known(link.pathname)) return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash);
  });
}
