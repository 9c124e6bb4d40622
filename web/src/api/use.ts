// Answers of the desk in parts of the page: kept in memory by their address, so that going back shows them at once,
// asked again every so often, and by themselves after a failure.
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { address, get } from "./client.ts";
import { Problem } from "./problem.ts";
import type { Answer, Input, PathOf } from "./types.ts";
import { problemOf } from "../chain/problem.ts";
import { session } from "../session.ts";

export type Loaded<T> = {
  /** The newest answer; it stays while a newer one is asked for, or fails. */
  data: T | undefined;
  /** Why there is none, or no newer one. */
  problem: Problem | undefined;
  /** Whether an answer is on its way. */
  busy: boolean;
  /** Ask again now. */
  reload: () => void;
};

const kept = new Map<string, unknown>();
const LONGEST = 30; // seconds between two attempts

// Another account's answers are nobody's business.
let reader = "";
session.subscribe(() => {
  const found = session.get();
  const next = found.state === "in" ? found.account : "";
  if (next !== reader) kept.clear();
  reader = next;
});

type Options<P extends PathOf<"get">> = Partial<Input<P, "get">> & {
  /** Seconds until it is asked again; not while the page is hidden. Without it once. */
  every?: number;
  /** False: do not ask (yet). */
  when?: boolean;
};

/** An answer of the desk. `path`, `query`: as the route takes them. */
export function useGet<P extends PathOf<"get">>(path: P, options: Options<P> = {}): Loaded<Answer<P, "get">> {
  type Data = Answer<P, "get">;
  const { every, when = true, ...input } = options;
  const url = address(path, input as Parameters<typeof address>[1]);
  const [, draw] = useReducer((count: number, _: void) => count + 1, 0);
  const [turn, reload] = useReducer((count: number, _: void) => count + 1, 0);
  const now = useRef<{ url: string; problem: Problem | undefined; busy: boolean }>({ url, problem: undefined, busy: when });
  if (now.current.url !== url) now.current = { url, problem: undefined, busy: when };

  useEffect(() => {
    if (!when) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    const ask = async () => {
      if (document.visibilityState === "hidden" && kept.has(url)) return;
      now.current.busy = true;
      draw();
      let wait = every;
      try {
        const found = await (get as (p: P, i: unknown) => Promise<Data>)(path, input);
        if (over) return;
        kept.set(url, found);
        now.current.problem = undefined;
        failures = 0;
      } catch (error) {
        if (over) return;
        if (!(error instanceof Problem)) throw error;
        now.current.problem = error;
        failures += 1;
        if (error.again) wait = Math.max(error.retryAfter, Math.min(LONGEST, 2 ** failures));
      }
      now.current.busy = false;
      draw();
      if (wait !== undefined) timer = setTimeout(() => void ask(), wait * 1000);
    };
    const seen = () => {
      if (document.visibilityState !== "visible" || every === undefined) return;
      clearTimeout(timer);
      void ask();
    };
    document.addEventListener("visibilitychange", seen);
    globalThis.addEventListener("online", seen);
    void ask();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
      globalThis.removeEventListener("online", seen);
    };
  }, [url, when, every, turn]);

  return { data: kept.get(url) as Data | undefined, problem: now.current.problem, busy: now.current.busy, reload: () => reload() };
}

/** The newest data that there was, while another question's is on its way: nothing collapses between the two. */
export function useLast<T>(of: Loaded<T>): Loaded<T> {
  const last = useRef<T | undefined>(undefined);
  if (of.data !== undefined) last.current = of.data;
  return of.problem ? of : { ...of, data: of.data ?? last.current };
}

/** Whether all of them have come to something, once: what is drawn together then moves nothing. */
export function useSettled(all: readonly Loaded<unknown>[]): boolean {
  const settled = useRef(false);
  settled.current ||= all.every((each) => each.data !== undefined || each.problem !== undefined);
  return settled.current;
}

/** Forget answers whose address begins so: a write has changed them. */
export function forget(start: string): void {
  for (const url of [...kept.keys()]) if (url.startsWith(start)) kept.delete(url);
}

/** What was said against a write: by the desk (`Problem`) or by wallet, node or contract (`chain/problem.ts`). */
export type Said = { readonly what: string; readonly cure: string; readonly kind?: string };

export type Writing = {
  /** Whether the write is on its way. */
  busy: boolean;
  /** Why the last one was not done. */
  problem: Said | undefined;
  /**
   * Do it; a second call while it is on its way does nothing. True where it was done: not where `work` threw a problem
   * or came to a `Result` that is none.
   */
  run(work: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
};

/** A write of a button or a form: whether it is on its way, and what was said against it. */
export function useWrite(): Writing {
  const [state, set] = useState<{ busy: boolean; problem: Said | undefined }>({ busy: false, problem: undefined });
  const running = useRef(false);
  return {
    ...state,
    clear: () => set({ busy: false, problem: undefined }),
    async run(work) {
      if (running.current) return false;
      running.current = true;
      set({ busy: true, problem: undefined });
      let problem: Said | undefined;
      try {
        problem = failed(await work());
      } catch (error) {
        const found = error instanceof Problem ? error : problemOf(error);
        // A fault of the page's own is told to its reader all the same, and stays one for whoever watches the console.
        if (found.kind === "other") reportError(error);
        problem = found;
      } finally {
        running.current = false;
        set({ busy: false, problem });
      }
      return problem === undefined;
    },
  };
}

/** Why a `Result` of the chain's functions is none. */
function failed(found: unknown): Said | undefined {
  const result = found as { ok?: unknown; problem?: Said } | null | undefined;
  return result?.ok === false ? result.problem : undefined;
}
