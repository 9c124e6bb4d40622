// What the chain alone says of an account: its forwards, what each pays or paid, its money. Nothing of ours is asked.
import type { Deployment } from "../../chain/contract.ts";
import { forwardOf, type Forward, freeBalance, isDeployment, isSettleable, latestFixing, payoutsAt, settlementPrice, sideOf, underlyingName } from "../../chain/escrow.ts";
import { endingOf, forwardsOf, type Part, type Search } from "../../chain/history.ts";
import type { Side } from "../../chain/payoff.ts";
import { badValue } from "../../chain/problem.ts";
import { chainTime, hasCode, holdChain, type Request, withTimeLimit } from "../../chain/request.ts";
import { allowance, walletBalance } from "../../chain/usdt.ts";
import type { Address } from "../../chain/values.ts";

/** Milliseconds that a node may take for one range of events: they answer slowly over many blocks. */
const SEARCH_PATIENCE = 60_000;

/** What would be, or was, paid: micro-USDT, and at which price per Mtok. */
export interface Paid {
  readonly price: bigint;
  readonly mine: bigint;
}

/** One forward as it stands. */
export interface Found {
  readonly part: Part;
  readonly forward: Forward;
  /** Its side today; null where it was handed on. */
  readonly side: Side | null;
  readonly underlying: string;
  /**
   * - `running`: before its maturity
   * - `uncertain`: matured, and no price is certain yet
   * - `due`: can be settled now
   * - `settled`, `terminated`: paid out
   * - `left`: a novation put another in its place
   */
  readonly state: "running" | "uncertain" | "due" | "settled" | "terminated" | "left";
  /** At the settlement price (`due`, `settled`), at the agreed one (`terminated`), at the newest fixing before. */
  readonly paid: Paid | null;
}

/** An account's money: micro-USDT. */
export interface Money {
  /** Free balance on the escrow. */
  readonly free: bigint;
  /** In the wallet. */
  readonly wallet: bigint;
  /** What the escrow may still collect from the wallet. */
  readonly allowed: bigint;
  /** Whether the account is a contract, such as a Safe (or a key that delegates to one). */
  readonly contract: boolean;
}

/** Everything, as of the newest block. */
export interface Holdings {
  readonly money: Money;
  /** Newest first. */
  readonly forwards: readonly Found[];
  /** The chain's time, unix seconds. */
  readonly now: number;
}

/** Refuse what is not this deployment's chain and escrow. */
export async function holdDeployment(request: Request, deployment: Deployment): Promise<void> {
  const ask = withTimeLimit(request);
  await holdChain(ask, deployment.chainId);
  if (!(await isDeployment(ask, deployment))) {
    throw badValue("The escrow at that address holds another token, or settles by another oracle.", "Compare the addresses with your confirmation.");
  }
}

/** The account's forwards by the escrow's events. Slow where the node gives few blocks at once: `search` tells how far. */
export function partsOf(request: Request, deployment: Deployment, account: Address, search: Search): Promise<readonly Part[]> {
  return forwardsOf(withTimeLimit(request, SEARCH_PATIENCE), deployment, account, search);
}

/** Look at the account's money and at each forward once. */
export async function lookAt(request: Request, deployment: Deployment, account: Address, parts: readonly Part[]): Promise<Holdings> {
  const ask = withTimeLimit(request);
  const [free, wallet, allowed, contract, now] = await Promise.all([
    freeBalance(ask, deployment, account),
    walletBalance(ask, deployment, account),
    allowance(ask, deployment, account),
    hasCode(ask, account),
    chainTime(ask),
  ]);
  const forwards: Found[] = [];
  // One after the other: public nodes count requests.
  for (const part of [...parts].reverse()) {
    forwards.push(await foundOf(ask, deployment, account, part, now));
  }
  return { money: { free, wallet, allowed, contract }, forwards, now };
}

async function foundOf(ask: Request, deployment: Deployment, account: Address, part: Part, now: number): Promise<Found> {
  const forward = await forwardOf(ask, deployment, part.id);
  const underlying = await underlyingName(ask, deployment, forward.underlying);
  const side = sideOf(forward, account);
  const known = { part, forward, side, underlying };
  if (side === null) return { ...known, state: "left", paid: null };
  const mine = async (price: bigint): Promise<Paid> => {
    const [long, short] = await payoutsAt(ask, deployment, part.id, price);
    return { price, mine: side === "long" ? long : short };
  };
  if (forward.status === "terminated") {
    const end = await endingOf(ask, deployment, forward, { from: part.block });
    return { ...known, state: "terminated", paid: end && { price: end.price, mine: end[side] } };
  }
  const { price, certain } = await settlementPrice(ask, deployment, forward);
  if (forward.status === "settled") return { ...known, state: "settled", paid: price === null ? null : await mine(price) };
  if (certain && price !== null && (await isSettleable(ask, deployment, part.id))) return { ...known, state: "due", paid: await mine(price) };
  const newest = await latestFixing(ask, deployment, underlying);
  return { ...known, state: now < Number(forward.maturity) ? "running" : "uncertain", paid: newest && (await mine(newest.price)) };
}
