// Which question is open stands in the address, so that a reload asks it again: `?ask=check.01J...`. A write begun before
// the reload is then repeated under its own key, and done once.
import { setQuery, usePlace } from "../../router.ts";

/** What is asked about, such as a request's id; undefined where nothing is asked by this name. */
export function useAsking(name: string): string | undefined {
  const [asked, ...about] = (usePlace().query.get("ask") ?? "").split(".");
  return asked === name ? about.join(".") : undefined;
}

/** Open a question, or close every one. */
export function ask(name?: string, about?: string): void {
  setQuery("ask", name === undefined ? undefined : `${name}.${about}`);
}
