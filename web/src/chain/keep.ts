// What the page remembers in this browser: small JSON documents under keys of its own. A browser that keeps nothing
// (private windows, blocked storage) gets a memory that lasts until the page is closed.
import type { Result } from "./problem.ts";
import { attempt, problem } from "./problem.ts";

/** The part of `localStorage` that is used. */
export type Keep = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const PREFIX = "ifx.";
const PATIENCE = 180_000; // milliseconds after which a lock without Web Locks is taken for left behind

let keep: Keep | undefined;

/** Use another store: for tests. */
export function keepIn(other: Keep | undefined): void {
  keep = other;
}

/** `localStorage` where it works, else a memory. */
function store(): Keep {
  if (keep === undefined) {
    try {
      localStorage.setItem(`${PREFIX}probe`, "");
      localStorage.removeItem(`${PREFIX}probe`);
      keep = localStorage;
    } catch {
      keep = inMemory();
    }
  }
  return keep;
}

/** A store that lasts as long as the page, or as `documents` does. */
export function inMemory(documents = new Map<string, string>()): Keep {
  return {
    getItem: (key) => documents.get(key) ?? null,
    setItem: (key, text) => void documents.set(key, text),
    removeItem: (key) => void documents.delete(key),
    key: (index) => [...documents.keys()][index] ?? null,
    get length() {
      return documents.size;
    },
  };
}

/** The document under a key, or undefined where there is none that can be read. Check its shape before use. */
export function remembered(key: string): unknown {
  const text = store().getItem(PREFIX + key);
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Keep a document. A full or blocked store is copied into memory, which lasts until the page is closed. */
export function remember(key: string, document: unknown): void {
  const text = JSON.stringify(document);
  try {
    store().setItem(PREFIX + key, text);
  } catch {
    const copied = keysOf("").map((each) => [PREFIX + each, store().getItem(PREFIX + each) ?? ""] as const);
    keep = inMemory(new Map([...copied, [PREFIX + key, text]]));
  }
}

export function forget(key: string): void {
  store().removeItem(PREFIX + key);
}

/** All keys that begin so, without the page's own prefix. */
export function keysOf(beginning: string): readonly string[] {
  const all = store();
  const keys = Array.from({ length: all.length }, (_, index) => all.key(index) ?? "");
  return keys.filter((key) => key.startsWith(PREFIX + beginning)).map((key) => key.slice(PREFIX.length));
}

/** Do something that no other tab of this page does at the same time, or fail as "busy". */
export async function alone<T>(name: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  const busy: Result<T> = {
    ok: false,
    problem: problem("busy", { what: "Another tab of this page is doing the same right now.", cure: "Finish it there, or close that tab." }),
  };
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (locks !== undefined) {
    return locks.request(`${PREFIX}${name}`, { ifAvailable: true }, (lock) => (lock === null ? busy : work()));
  }
  // Browsers without Web Locks, and pages over plain http: a note in the store, which a closed tab may leave behind.
  const key = `lock.${name}`;
  const held = remembered(key);
  if (typeof held === "number" && Date.now() - held < PATIENCE) {
    return busy;
  }
  remember(key, Date.now());
  try {
    return await work();
  } finally {
    forget(key);
  }
}

/** As `alone`, for work that throws. */
export function attemptAlone<T>(name: string, work: () => Promise<T>): Promise<Result<T>> {
  return alone(name, () => attempt(work));
}

