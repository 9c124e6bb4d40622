// USDT as a party of the escrow uses it. Amounts are micro-USDT.
import { TOKEN } from "./abi.ts";
import { type Call, call, type Deployment, read } from "./contract.ts";
import type { Request } from "./request.ts";
import type { Address } from "./values.ts";

/** What an account's wallet holds. */
export function walletBalance(request: Request, { token }: Deployment, account: Address): Promise<bigint> {
  return read(request, TOKEN.balanceOf, token, [account]);
}

/** What the escrow may still collect from an account's wallet. */
export function allowance(request: Request, { token, escrow }: Deployment, account: Address): Promise<bigint> {
  return read(request, TOKEN.allowance, token, [account, escrow]);
}

/** Let the escrow collect exactly `amount`. USDT refuses to change one non-zero allowance into another: 0 first. */
export function allowCall({ token, escrow }: Deployment, amount: bigint): Call {
  return call(TOKEN.approve, token, [escrow, amount]);
}
