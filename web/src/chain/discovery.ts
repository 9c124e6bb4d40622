// Which wallets this browser offers: by EIP-6963, else `window.ethereum`. Anything an extension says of itself is text
// for people, never markup: names are cut and cleaned, icons are data images or nothing.
import type { Request } from "./request.ts";

/** EIP-1193. */
export interface Provider {
  readonly request: Request;
  readonly on?: (event: string, listener: (value: unknown) => void) => unknown;
  readonly removeListener?: (event: string, listener: (value: unknown) => void) => unknown;
}

/** One wallet on offer. */
export interface Wallet {
  /** Of this announcement: a key for lists. */
  readonly id: string;
  /** Reverse domain name by which the wallet is known again, such as `io.metamask`; empty for `window.ethereum`. */
  readonly rdns: string;
  /** For people; at most 40 characters. Not to be trusted: any extension can call itself anything. */
  readonly name: string;
  /** For the `src` of an `img`: a data image, or null. */
  readonly icon: string | null;
  readonly provider: Provider;
}

const LONGEST_NAME = 40; // characters
const LARGEST_ICON = 200_000; // characters
const ICON = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)(?:;[a-z0-9=-]+)*,/i;
// Controls, and what turns the direction of a line or takes no room: a name must not look like another one.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** A name as text on one line: no invisible characters, at most 40 of the others. */
export function harmlessName(name: unknown): string {
  const clean = typeof name === "string" ? name.replace(INVISIBLE, "").replace(/\s+/g, " ").trim() : "";
  const characters = [...clean];
  return characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME - 1).join("")}…` : clean || "A wallet without a name";
}

/** A data image, which an `img` shows without running or fetching anything; null for everything else. */
export function harmlessIcon(icon: unknown): string | null {
  return typeof icon === "string" && icon.length <= LARGEST_ICON && ICON.test(icon) ? icon : null;
}

/** The window's part that is used. */
type Host = Pick<EventTarget, "addEventListener" | "removeEventListener" | "dispatchEvent"> & { readonly ethereum?: unknown };

/** Watch for wallets; `onChange` gets all of them, each once, whenever one more turns up, and `window.ethereum` where no
 * other did. Returns how to stop. */
export function discoverWallets(onChange: (wallets: readonly Wallet[]) => void, host: Host = window as Host): () => void {
  const found: Wallet[] = [];
  const tell = (): void => {
    const fallback = found.length === 0 ? injected(host.ethereum) : null;
    onChange(fallback === null ? [...found] : [fallback]);
  };
  const announced = (event: Event): void => {
    const wallet = announcedBy((event as CustomEvent<unknown>).detail);
    // One announcement comes several times; another one of the same provider is the same wallet.
    if (wallet !== null && !found.some((each) => each.id === wallet.id || each.provider === wallet.provider)) {
      found.push(wallet);
      tell();
    }
  };
  const late = (): void => (found.length === 0 ? tell() : undefined);
  host.addEventListener("eip6963:announceProvider", announced);
  host.addEventListener("ethereum#initialized", late);
  host.dispatchEvent(new Event("eip6963:requestProvider"));
  if (found.length === 0) {
    tell();
  }
  return () => {
    host.removeEventListener("eip6963:announceProvider", announced);
    host.removeEventListener("ethereum#initialized", late);
  };
}

function announcedBy(detail: unknown): Wallet | null {
  const { info, provider } = (detail ?? {}) as { readonly info?: Readonly<Record<string, unknown>>; readonly provider?: unknown };
  if (info === undefined || info === null || typeof info["uuid"] !== "string" || !isProvider(provider)) {
    return null;
  }
  const rdns = typeof info["rdns"] === "string" && /^[a-zA-Z0-9._-]{3,100}$/.test(info["rdns"]) ? info["rdns"] : "";
  return { id: info["uuid"].slice(0, 64), rdns, name: harmlessName(info["name"]), icon: harmlessIcon(info["icon"]), provider };
}

function injected(ethereum: unknown): Wallet | null {
  return isProvider(ethereum) ? { id: "injected", rdns: "", name: "The browser's wallet", icon: null, provider: ethereum } : null;
}

function isProvider(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && typeof (value as { readonly request?: unknown }).request === "function";
}
