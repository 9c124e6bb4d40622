// Light, dark, or as the system has it. The choice is a cookie, so that the shell comes in the right colours at once.
import { store } from "./store.ts";

export type Theme = "system" | "light" | "dark";

function chosen(): Theme {
  const found = globalThis.document?.documentElement.dataset["theme"];
  return found === "light" || found === "dark" ? found : "system";
}

export const theme = store<Theme>(chosen());

/** What the switch leads to. */
export function nextTheme(now: Theme): Theme {
  return now === "system" ? "light" : now === "light" ? "dark" : "system";
}

/** Show it, and keep it for a year; `system` forgets the choice. */
export function setTheme(to: Theme): void {
  const root = document.documentElement;
  if (to === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = to;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `ifx_theme=${to}; Path=/; SameSite=Strict; Max-Age=${to === "system" ? 0 : 31_536_000}${secure}`;
  theme.set(to);
}
