// The escrow: what a party reads of it and calls on it. Amounts are micro-USDT, ids 32 bytes, times unix seconds.
// Source: contracts/interfaces/IForwardEscrow.vyi; reads are as of the newest block.
import { ESCROW, ORACLE } from "./abi.ts";
import { type Call, call, type Deployment, read } from "./contract.ts";
import { type Side } from "./payoff.ts";
import type { Request } from "./request.ts";
import type { Message, Novation, Termination } from "./typed-data.ts";
import type { Address, Hex } from "./values.ts";

export const DAY = 86_400n;
const STATUSES = ["none", "revoked", "active", "settled", "terminated"] as const;
/** Where a forward stands. */
export type Status = (typeof STATUSES)[number];

/** A forward as the escrow keeps it for ever. */
export interface Forward {
  readonly id: Hex;
  /** Of today: a novation may have replaced the first one. */
  readonly long: Address;
  readonly short: Address;
  /** The oracle's index of the underlying; `underlyingName` has the name. */
  readonly underlying: bigint;
  /** N, Mtok. */
  readonly quantity: bigint;
  /** F, micro-USDT per Mtok. */
  readonly price: bigint;
  /** S0, micro-USDT per Mtok. */
  readonly spot: bigint;
  /** 00:00:00 UTC of the maturity day. */
  readonly maturity: bigint;
  readonly averaging_days: bigint;
  readonly status: Status;
}

/** The side on which an account stands now. */
export function sideOf(forward: Pick<Forward, "long" | "short">, account: Address): Side | null {
  return account === forward.long ? "long" : account === forward.short ? "short" : null;
}

// ------------------------------------------------------------------------------------------------------------ reads

/** Withdrawable at any time. */
export function freeBalance(request: Request, { escrow }: Deployment, account: Address): Promise<bigint> {
  return read(request, ESCROW.balance_of, escrow, [account]);
}

/** The record of a forward; status "none" where there is none, "revoked" for a message that was revoked. */
export async function forwardOf(request: Request, { escrow }: Deployment, id: Hex): Promise<Forward> {
  const { maturity_day, status, ...found } = await read(request, ESCROW.forward, escrow, [id]);
  return { ...found, id, maturity: maturity_day * DAY, status: STATUSES[Number(status)] ?? "none" };
}

/** The name of an underlying by the oracle's index. */
export async function underlyingName(request: Request, { oracle }: Deployment, index: bigint): Promise<string> {
  const [name] = await read(request, ORACLE.underlying, oracle, [index]);
  return name;
}

/** What (long, short) would be paid at a settlement price, by the contract's own computation. */
export function payoutsAt(request: Request, { escrow }: Deployment, id: Hex, price: bigint): Promise<readonly [bigint, bigint]> {
  return read(request, ESCROW.payouts, escrow, [id, price]);
}

/** The settlement price as far as it is known, and whether it can still change. */
export interface SettlementPrice {
  /** F_ref, micro-USDT per Mtok; null where there is no fixing to go by. */
  readonly price: bigint | null;
  readonly certain: boolean;
}

/** The settlement price of a forward. */
export async function settlementPrice(
  request: Request,
  { oracle }: Deployment,
  forward: Pick<Forward, "underlying" | "maturity" | "averaging_days">,
): Promise<SettlementPrice> {
  const { underlying, maturity, averaging_days } = forward;
  const [price, certain] = await read(request, ORACLE.settlement_price, oracle, [underlying, maturity / DAY, averaging_days]);
  return { price: certain || price > 0n ? price : null, certain };
}

/** The fixing of one UTC day (unix seconds // 86400), micro-USDT per Mtok; null where none is posted. */
export async function fixingOf(request: Request, { oracle }: Deployment, underlying: string, day: bigint): Promise<bigint | null> {
  const found = await read(request, ORACLE.fixing, oracle, [underlying, day]);
  return found.posted ? found.price : null;
}

/** The newest fixing: its UTC day and price; null where there is none. Nothing settles from it. */
export async function latestFixing(
  request: Request,
  { oracle }: Deployment,
  underlying: string,
): Promise<{ readonly day: bigint; readonly price: bigint } | null> {
  const [day, price] = await read(request, ORACLE.latest, oracle, [underlying]);
  return day === 0n ? null : { day, price };
}

/** Whether `settle` would succeed now. */
export function isSettleable(request: Request, { escrow }: Deployment, id: Hex): Promise<boolean> {
  return read(request, ESCROW.is_settleable, escrow, [id]);
}

/** Whether an account approved the message with this digest on chain. */
export function isApproved(request: Request, { escrow }: Deployment, digest: Hex, account: Address): Promise<boolean> {
  return read(request, ESCROW.is_approved, escrow, [digest, account]);
}

/** Whether a novation of a forward replaced the account, which bars it from coming back. */
export function hasLeft(request: Request, { escrow }: Deployment, id: Hex, account: Address): Promise<boolean> {
  return read(request, ESCROW.has_left, escrow, [id, account]);
}

/** The digest of a message by the contract's own computation: to hold the page's against. */
export function onchainDigest(request: Request, { escrow }: Deployment, message: Message): Promise<Hex> {
  switch (message.kind) {
    case "terms":
      return read(request, ESCROW.terms_hash, escrow, [message]);
    case "termination":
      return read(request, ESCROW.termination_hash, escrow, [message]);
    case "novation":
      return read(request, ESCROW.novation_hash, escrow, [message]);
  }
}

/** Whether the escrow holds this token and settles by this oracle: what a deployment says of itself. */
export async function isDeployment(request: Request, deployment: Deployment): Promise<boolean> {
  const { escrow } = deployment;
  const [token, oracle] = await Promise.all([read(request, ESCROW.token, escrow, []), read(request, ESCROW.oracle, escrow, [])]);
  return token === deployment.token && oracle === deployment.oracle;
}

// ------------------------------------------------------------------------------------------------------------ calls

/** Move `amount` from the wallet into the free balance; the escrow must be allowed that much. */
export function depositCall({ escrow }: Deployment, amount: bigint): Call {
  return call(ESCROW.deposit, escrow, [amount]);
}

/** Send `amount` of the sender's free balance to `receiver`. */
export function withdrawCall({ escrow }: Deployment, amount: bigint, receiver: Address): Call {
  return call(ESCROW.withdraw, escrow, [amount, receiver]);
}

/** Approve a message on chain, for a wallet that cannot sign. */
export function approveCall({ escrow }: Deployment, message: Message): Call {
  switch (message.kind) {
    case "terms":
      return call(ESCROW.approve_terms, escrow, [message]);
    case "termination":
      return call(ESCROW.approve_termination, escrow, [message]);
    case "novation":
      return call(ESCROW.approve_novation, escrow, [message]);
  }
}

/** Withdraw from a message, for everyone and for ever. */
export function revokeCall({ escrow }: Deployment, message: Message): Call {
  switch (message.kind) {
    case "terms":
      return call(ESCROW.revoke_terms, escrow, [message]);
    case "termination":
      return call(ESCROW.revoke_termination, escrow, [message]);
    case "novation":
      return call(ESCROW.revoke_novation, escrow, [message]);
  }
}

/** End a forward early. Approvals are signatures, or `0x` of who approved on chain. Anyone may send it. */
export function terminateCall({ escrow }: Deployment, message: Termination, approvals: readonly [long: Hex, short: Hex]): Call {
  return call(ESCROW.terminate, escrow, [message, ...approvals]);
}

/** Put a new party in one side's place. Approvals as in `terminateCall`. Anyone may send it. */
export function novateCall(
  { escrow }: Deployment,
  message: Novation,
  approvals: readonly [outgoing: Hex, incoming: Hex, remaining: Hex],
): Call {
  return call(ESCROW.novate, escrow, [message, ...approvals]);
}

/** Pay a forward out at its settlement price; anyone may, from maturity on. */
export function settleCall({ escrow }: Deployment, id: Hex): Call {
  return call(ESCROW.settle, escrow, [id]);
}

/** The same for 1 to 100 forwards; what cannot be settled yet is skipped. */
export function settleManyCall({ escrow }: Deployment, ids: readonly Hex[]): Call {
  return call(ESCROW.settle_many, escrow, [ids]);
}
