// The wallet that the page uses: found, known again after a reload, watched. One for the whole page, so that every part
// sees the same account and chain.
import { useEffect } from "preact/hooks";
import { discoverWallets, type Wallet } from "./chain/discovery.ts";
import type { Result } from "./chain/problem.ts";
import { type Connection, connect, reconnect, switchOrAddChain, watchWallet } from "./chain/wallet.ts";
import { facts } from "./facts.ts";
import { store, useStore } from "./store.ts";

export type Link = {
  /** Wallets of this browser, as far as they announced themselves. */
  wallets: readonly Wallet[];
  /** The one that lets this page see an account. */
  connection: Connection | null;
  /** Whether wallets had the time to turn up, so that none is none. */
  settled: boolean;
  /** Whether all of them had: a list of them grows no more by itself. */
  gathered: boolean;
};

/** Milliseconds that wallets get to announce themselves before the page says that there is none. */
const GRACE = 400;
const link = store<Link>({ wallets: [], connection: null, settled: false, gathered: false });
let begun = false;
let unwatch: () => void = () => undefined;

/** The page's wallet, for a part of it. */
export function useLink(): Link {
  useEffect(begin, []);
  return useStore(link);
}

function begin(): void {
  if (begun) return;
  begun = true;
  change({});
  discoverWallets((wallets) => {
    change({ wallets });
    if (wallets.length > 0 && !link.get().connection) void again(wallets);
  });
  setTimeout(() => change({ settled: true, gathered: true }), GRACE);
}

/** The wallet used last, where it still lets this page see an account: it does not open. */
async function again(wallets: readonly Wallet[]): Promise<void> {
  const found = await reconnect(wallets);
  if (found && !link.get().connection) take(found);
  change({ settled: true });
}

/** Ask a wallet for its accounts: it opens, and its user chooses. */
export async function connectTo(wallet: Wallet): Promise<Result<Connection>> {
  const found = await connect(wallet);
  if (found.ok) take(found.value);
  return found;
}

/** Have the connected wallet go to the desk's chain. */
export async function goToChain(rpcUrls = facts().rpcUrls): Promise<Result<void>> {
  const { connection } = link.get();
  if (!connection) return { ok: true, value: undefined };
  const done = await switchOrAddChain(connection.wallet.provider, { chainId: facts().chainId, name: facts().network, rpcUrls });
  if (done.ok) change({ connection: { ...connection, chainId: facts().chainId } });
  return done;
}

function take(connection: Connection): void {
  unwatch();
  change({ connection, settled: true });
  const renew = (more: Partial<Connection>) => {
    const now = link.get().connection;
    if (now) change({ connection: { ...now, ...more } });
  };
  unwatch = watchWallet(connection.wallet.provider, {
    onAccounts: ([first, ...others]) => (first ? renew({ accounts: [first, ...others] }) : change({ connection: null })),
    onChain: (chainId) => renew({ chainId }),
  });
}

function change(more: Partial<Link>): void {
  link.set({ ...link.get(), ...more });
}
