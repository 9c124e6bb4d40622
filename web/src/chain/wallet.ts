// A wallet in use: connected to, on the right chain, asked to sign, and watched for changes. Whatever it answers comes
// back as a `Result`; what it must confirm has no time limit, since a signer may be slow.
import type { Provider, Wallet } from "./discovery.ts";
import { attempt, badValue, problem, problemOf, Refusal, type Result } from "./problem.ts";
import { chainIdOf, type Request, withTimeLimit } from "./request.ts";
import { forget, remember, remembered } from "./keep.ts";
import { type Address, type Hex, quantity, readAddress, readBytes, readQuantity } from "./values.ts";

/** A wallet that lets this site see accounts. */
export interface Connection {
  readonly wallet: Wallet;
  /** The wallet's current account first. */
  readonly accounts: readonly [Address, ...Address[]];
  /** The chain that the wallet is on. */
  readonly chainId: number;
}

/** What a wallet must be told of a chain that it does not know (EIP-3085). */
export interface ChainInfo {
  readonly chainId: number;
  /** Such as "Ethereum". */
  readonly name: string;
  /** Endpoints that the wallet may use; without one it cannot add the chain. */
  readonly rpcUrls: readonly string[];
  readonly currency?: { readonly name: string; readonly symbol: string };
  readonly explorer?: string;
}

/** What a wallet tells of its own accord. */
export interface WalletEvents {
  /** The accounts that the site may use now, the current one first; none when it was disconnected. */
  readonly onAccounts: (accounts: readonly Address[]) => void;
  readonly onChain: (chainId: number) => void;
  /** It lost its connection to any chain. */
  readonly onDisconnect?: () => void;
}

const LAST = "wallet";

/** Ask the wallet for its accounts: it opens, and the user chooses. Remembers the wallet for `reconnect`. */
export async function connect(wallet: Wallet): Promise<Result<Connection>> {
  return attempt(async () => {
    const accounts = readAccounts(await wallet.provider.request({ method: "eth_requestAccounts" }));
    return connected(wallet, accounts);
  });
}

/** After a reload: the wallet used last, if it is on offer and still lets the site see an account; it does not open.
 * Null where there is none. Two wallets of one name are none: one of them may only say it is the other. */
export async function reconnect(wallets: readonly Wallet[]): Promise<Connection | null> {
  const rdns = remembered(LAST);
  const same = wallets.filter((each) => each.rdns === rdns);
  const [wallet] = same;
  if (wallet === undefined || same.length > 1) {
    return null;
  }
  const found = await attempt(async () => {
    const accounts = await withTimeLimit(wallet.provider.request)({ method: "eth_accounts" });
    return connected(wallet, readAccounts(accounts));
  });
  return found.ok ? found.value : null;
}

/** Do not reconnect to it after the next reload. */
export function disconnect(): void {
  forget(LAST);
}

async function connected(wallet: Wallet, accounts: readonly Address[]): Promise<Connection> {
  const [first, ...others] = accounts;
  if (first === undefined) {
    throw new Refusal(problem("unauthorised", { what: "The wallet let this site see no account." }));
  }
  const chainId = await chainIdOf(withTimeLimit(wallet.provider.request));
  remember(LAST, wallet.rdns);
  return { wallet, accounts: [first, ...others], chainId };
}

function readAccounts(value: unknown): readonly Address[] {
  if (!Array.isArray(value)) {
    throw badValue("The wallet's answer is no list of accounts.", "Use another wallet.");
  }
  return value.map((each) => readAddress(each, "account"));
}

/** Hear of changes of account and chain. Returns how to stop. */
export function watchWallet(provider: Provider, events: WalletEvents): () => void {
  const listeners: readonly [string, (value: unknown) => void][] = [
    ["accountsChanged", (value) => events.onAccounts(quietly(() => readAccounts(value)) ?? [])],
    [
      "chainChanged",
      (value) => {
        const chainId = quietly(() => (typeof value === "number" ? value : Number(readQuantity(value))));
        if (chainId !== undefined) {
          events.onChain(chainId);
        }
      },
    ],
    ["disconnect", () => events.onDisconnect?.()],
  ];
  listeners.forEach(([event, listener]) => provider.on?.(event, listener));
  return () => listeners.forEach(([event, listener]) => provider.removeListener?.(event, listener));
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Have the wallet go to a chain, and add the chain where the wallet does not know it. Done only when it says it is
 * there: some wallets answer without switching. */
export async function switchOrAddChain(provider: Provider, chain: ChainInfo): Promise<Result<void>> {
  return attempt(async () => {
    const params = [{ chainId: quantity(chain.chainId) }];
    if ((await chainIdOf(provider.request)) === chain.chainId) {
      return;
    }
    try {
      await provider.request({ method: "wallet_switchEthereumChain", params });
    } catch (error) {
      if (problemOf(error).kind !== "unknown chain") {
        throw error;
      }
      await addChain(provider, chain);
      // Most wallets offer to switch when they have added it; who is not there yet is asked once more.
      if ((await chainIdOf(provider.request)) !== chain.chainId) {
        await provider.request({ method: "wallet_switchEthereumChain", params });
      }
    }
    if ((await chainIdOf(provider.request)) !== chain.chainId) {
      const what = `The wallet is still not on ${chain.name} (chain ${chain.chainId}).`;
      throw new Refusal(problem("wrong chain", { what, cure: "Choose that network in the wallet itself." }));
    }
  });
}

async function addChain(provider: Provider, chain: ChainInfo): Promise<void> {
  if (chain.rpcUrls.length === 0) {
    const cure = `Add chain ${chain.chainId} in the wallet's own settings, then try again.`;
    throw new Refusal(problem("unknown chain", { what: `The wallet does not know ${chain.name} (chain ${chain.chainId}).`, cure }));
  }
  const { name, symbol } = chain.currency ?? { name: "Ether", symbol: "ETH" };
  const described = {
    chainId: quantity(chain.chainId),
    chainName: chain.name,
    rpcUrls: chain.rpcUrls,
    nativeCurrency: { name, symbol, decimals: 18 },
    ...(chain.explorer === undefined ? {} : { blockExplorerUrls: [chain.explorer] }),
  };
  await provider.request({ method: "wallet_addEthereumChain", params: [described] });
}

/** Sign a text as it is (`personal_sign`, EIP-191): the desk's sign-in message. */
export async function signText(request: Request, account: Address, text: string): Promise<Result<Hex>> {
  const bytes = [...new TextEncoder().encode(text)].map((each) => each.toString(16).padStart(2, "0")).join("");
  return attempt(async () => readBytes(await request({ method: "personal_sign", params: [`0x${bytes}`, account] }), "signature"));
}
