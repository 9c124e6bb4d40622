// A wallet of the sandbox: its account is one that the local node signs for, and it is announced like any other
// (EIP-6963). It asks before it signs, as wallets do, so that a visitor sees what a page asks for, and can say no.
import type { Provider } from "../chain/discovery.ts";
import type { Request } from "../chain/request.ts";

/** A public test account. */
export type Account = { name: string; address: string };

/** What the visitor is asked: true is yes. */
export type Confirm = (asked: { account: Account; method: string; params: readonly unknown[] }) => Promise<boolean>;

const SIGNING = ["personal_sign", "eth_signTypedData_v4", "eth_sendTransaction"];
const REJECTED = 4001;
const UNAUTHORISED = 4100;
const UNKNOWN_CHAIN = 4902;
const INTERNAL = -32603;
const ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 28 28'%3E%3Crect width='28' height='28' rx='6' fill='%23c98a1b'/%3E%3Cpath d='M7 19h14M9 19l3-9h4l3 9' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";

/** Announce a wallet for each account, now and whenever a page asks. */
export function announce(accounts: readonly Account[], chainId: number, confirm: Confirm): void {
  const wallets = accounts.map((account, index) => Object.freeze({
    info: Object.freeze({
      uuid: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      name: `Sandbox: ${account.name}`,
      icon: ICON,
      rdns: `sandbox.${account.name.replaceAll(" ", "-")}`,
    }),
    provider: walletOf(account, chainId, confirm),
  }));
  const tell = () => {
    for (const detail of wallets) dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  };
  addEventListener("eip6963:requestProvider", tell);
  tell();
}

/** EIP-1193 before one account of the node. */
export function walletOf(account: Account, chainId: number, confirm: Confirm): Provider {
  const kept = `sandbox.connected.${account.address}`;
  const isConnected = () => sessionStorage.getItem(kept) !== null;
  const request: Request = async ({ method, params }) => {
    const given = (params ?? []) as readonly unknown[];
    switch (method) {
      case "eth_requestAccounts":
        sessionStorage.setItem(kept, "yes");
        return [account.address];
      case "eth_accounts":
        return isConnected() ? [account.address] : [];
      case "wallet_revokePermissions":
        sessionStorage.removeItem(kept);
        return null;
      case "wallet_switchEthereumChain":
      case "wallet_addEthereumChain":
        if (Number((given[0] as { chainId?: string } | undefined)?.chainId) !== chainId) throw refusal(UNKNOWN_CHAIN, "The sandbox has one chain.");
        return null;
    }
    if (SIGNING.includes(method)) {
      if (!isConnected()) throw refusal(UNAUTHORISED, "Connect first.");
      if (!(await confirm({ account, method, params: given }))) throw refusal(REJECTED, "User rejected the request.");
    }
    return ask(account, method, given);
  };
  // Its account and chain never change by themselves: nobody has to listen.
  return { request, on: () => undefined, removeListener: () => undefined };
}

async function ask(account: Account, method: string, params: readonly unknown[]): Promise<unknown> {
  const answer = await fetch("/api/sandbox/wallet", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ account: account.address, method, params }),
  }).catch(() => undefined);
  if (answer === undefined) throw refusal(INTERNAL, "The sandbox does not answer.");
  const found = (await answer.json()) as { result?: unknown; error?: { code: number; message: string; data?: unknown }; title?: string };
  if (!answer.ok) throw refusal(INTERNAL, found.title ?? "The sandbox refused.");
  if (found.error) throw refusal(found.error.code, found.error.message, found.error.data);
  return found.result;
}

function refusal(code: number, message: string, data?: unknown): Error {
  return Object.assign(new Error(message), { code, data });
}
