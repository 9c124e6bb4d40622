// Who is signed in. The session's token is in a cookie that no script can read; what the page holds is the account and
// the CSRF value, which the desk tells again after a reload.
import { get, sessionWrite } from "./api/client.ts";
import { Problem } from "./api/problem.ts";
import { facts } from "./facts.ts";
import { store, useStore } from "./store.ts";

export type Session =
  /** Not known yet: the desk is being asked. */
  | { state: "unknown" }
  /** Nobody; `why` where somebody was. */
  | { state: "out"; why?: "over" | "left" }
  | { state: "in"; account: string; operator: boolean; csrf: string };

export const session = store<Session>({ state: "unknown" });
const OTHER_TABS = "ifx.session";

/** Who is signed in, for a part of the page. */
export function useSession(): Session {
  return useStore(session);
}

/** Nobody is signed in any more: the session is over, or was left. */
export function signedOut(why: "over" | "left"): void {
  const was = session.get();
  if (was.state === "out") return;
  session.set(was.state === "in" || why === "left" ? { state: "out", why } : { state: "out" });
}

/** Ask the desk who is signed in; at once known where the browser has no session's cookie. */
export async function recall(cookie: boolean = facts().session): Promise<void> {
  if (!cookie) return session.set({ state: "out" });
  try {
    const found = await get("/api/session");
    session.set({ state: "in", account: found.account, operator: found.operator, csrf: found.csrf });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Signed out is known by now; otherwise the desk is asked again when it answers.
    if (error.kind !== "signed-out") setTimeout(() => void recall(cookie), 3_000);
  }
}

/** A session for whoever signed a message of the desk's. Throws `Problem`. */
export async function signIn(message: string, signature: string): Promise<void> {
  await sessionWrite("post", { message, signature, cookie: true });
  await recall(true);
  tellOtherTabs();
}

/** Another tab signed in or out: this one must not show one account's pages under another's name. */
export function followOtherTabs(): void {
  addEventListener("storage", (event) => {
    if (event.key === OTHER_TABS) void recall(true);
  });
}

function tellOtherTabs(): void {
  try {
    localStorage.setItem(OTHER_TABS, String(Date.now()));
  } catch {
    // A browser that forbids storage: the desk refuses a write under the old session's CSRF value all the same.
  }
}

/** End the session. Throws `Problem`. */
export async function signOut(): Promise<void> {
  await sessionWrite("delete");
  signedOut("left");
  tellOtherTabs();
}
