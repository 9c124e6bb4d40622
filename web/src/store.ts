// A value that several parts of the page look at, and who wants to know when it changes.
import { useEffect, useState } from "preact/hooks";

export type Store<T> = {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
};

export function store<T>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (next === value) return;
      value = next;
      for (const each of [...listeners]) each();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The store's value, drawn anew when it changes. */
export function useStore<T>(from: Store<T>): T {
  const [, draw] = useState<unknown>();
  const value = from.get();
  useEffect(() => {
    const changed = () => draw({});
    // It may have changed between drawing and now.
    if (from.get() !== value) changed();
    return from.subscribe(changed);
  }, [from]);
  return value;
}
