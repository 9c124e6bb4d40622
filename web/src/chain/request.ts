// How a chain is asked: one function, whether a wallet or a plain URL stands behind it.
import { attempt, badValue, problem, Refusal, type Result } from "./problem.ts";
import { quantity, readQuantity } from "./values.ts";

/** EIP-1193's `request`, of a wallet or of `overHttp`. */
export type Request = (call: { readonly method: string; readonly params?: readonly unknown[] }) => Promise<unknown>;

/** Milliseconds that a read may take. */
export const PATIENCE = 20_000;

/** The same, but a read that takes longer than `limit` milliseconds is given up. Never for what a user must confirm. */
export function withTimeLimit(request: Request, limit = PATIENCE): Request {
  return (call) =>
    new Promise((resolve, reject) => {
      const bell = setTimeout(() => reject(new Refusal(problem("timed out"))), limit);
      request(call).then(resolve, reject).finally(() => clearTimeout(bell));
    });
}

/** The chain that is behind it. */
export async function chainIdOf(request: Request): Promise<number> {
  const found = await request({ method: "eth_chainId" });
  // Some wallets answer with a number.
  return typeof found === "number" ? found : Number(readQuantity(found, "chain id"));
}

/** Refuse ("wrong chain") unless `chainId` is behind it. */
export async function holdChain(request: Request, chainId: number): Promise<void> {
  const found = await chainIdOf(request);
  if (found !== chainId) {
    const what = `The wallet is on chain ${found}, and this is on chain ${chainId}.`;
    throw new Refusal(problem("wrong chain", { what, cure: `Switch the wallet to chain ${chainId}.` }));
  }
}

/** Over a URL of one's own: an endpoint of this very chain, or why it is none. */
export async function checkEndpoint(request: Request, chainId: number): Promise<Result<void>> {
  return attempt(() => holdChain(request, chainId));
}

/** The newest block's number. */
export async function blockNumber(request: Request): Promise<number> {
  return Number(readQuantity(await request({ method: "eth_blockNumber" }), "block number"));
}

/** The newest block's time, unix seconds: what contracts go by. */
export async function chainTime(request: Request): Promise<number> {
  const block = await request({ method: "eth_getBlockByNumber", params: ["latest", false] });
  const at = (block as { readonly timestamp?: unknown } | null)?.timestamp;
  return Number(readQuantity(at, "block's time"));
}

/** The number of the chain's finalized block; null where the node knows of none. */
export async function finalizedBlock(request: Request): Promise<number | null> {
  const found = await attempt(() => request({ method: "eth_getBlockByNumber", params: ["finalized", false] }));
  const number = found.ok ? (found.value as { readonly number?: unknown } | null)?.number : undefined;
  return number === undefined ? null : Number(readQuantity(number, "finalized block"));
}

/** An account's own coin, wei. */
export async function coinOf(request: Request, account: string): Promise<bigint> {
  return readQuantity(await request({ method: "eth_getBalance", params: [account, "latest"] }), "balance");
}

/** Whether code stands at an account: a contract wallet, or a key that delegates to code (EIP-7702). */
export async function hasCode(request: Request, account: string): Promise<boolean> {
  const found = await request({ method: "eth_getCode", params: [account, "latest"] });
  if (typeof found !== "string") {
    throw badValue("The node's answer is no code.", "Use another node.");
  }
  return found.length > 2;
}

/** Transactions of an account: mined ones, or also those that wait (`pending`). */
export async function nonceOf(request: Request, account: string, at: "latest" | "pending" = "latest"): Promise<number> {
  return Number(readQuantity(await request({ method: "eth_getTransactionCount", params: [account, at] }), "count"));
}

/** A block for a parameter. */
export function blockTag(block: number | "latest"): string {
  return block === "latest" ? block : quantity(block);
}
