// Idempotency keys. The same write has the same key until the desk has answered it, also across a reload of the page:
// the desk does it once and answers the same again (it keeps answers for seven days).

/** Where keys are kept: a tab's own storage, which a reload leaves alone. */
type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const PREFIX = "ifx.write.";

function shelf(): Shelf | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    // A browser that forbids storage: keys then live as long as the page.
    return undefined;
  }
}

const memory = new Map<string, string>();

/** What makes two writes the same one: who, what, with what. As a short name, so that no body stands in storage. */
export function intent(account: string, method: string, path: string, body: unknown): string {
  // FNV-1a of 64 bits: two different writes under one name would only be refused by the desk.
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(JSON.stringify([account, method, path, body ?? null]))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

/** The key of a write that was begun, or a new one. */
export function keyOf(what: string, from: Shelf | undefined = shelf()): string {
  const found = memory.get(what) ?? from?.getItem(PREFIX + what);
  if (found) return found;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
  memory.set(what, key);
  from?.setItem(PREFIX + what, key);
  return key;
}

/** The desk has answered: the next write of this kind is another one. */
export function answered(what: string, from: Shelf | undefined = shelf()): void {
  memory.delete(what);
  from?.removeItem(PREFIX + what);
}
