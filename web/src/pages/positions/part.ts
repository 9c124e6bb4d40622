// A position in words: where it stands, what it is worth. Pure.
import type { Schema } from "../../api/types.ts";
import type { PricedFigures } from "../../chain/payoff.ts";
import { parseMoney } from "../../money.ts";

export type Position = Schema<"PositionOut">;

/** What the chain's formulas take of a position. */
export function figuresOf(of: Position): PricedFigures {
  return { quantity: BigInt(of.quantity), price: parseMoney(of.price), spot: parseMoney(of.spot), indicative: parseMoney(of.indicative) };
}

/** Whether it locks the reader's money. */
export function isOpen(of: Position): boolean {
  return of.status === "active" && of.left === null;
}

/** A word on its state, with its tone. `now` in unix seconds. */
export function standing(of: Position, now: number): { word: string; tone: "plain" | "good" | "wait" } {
  if (of.left !== null) return { word: "handed on", tone: "plain" };
  if (of.status === "settled") return { word: "settled", tone: "plain" };
  if (of.status === "terminated") return { word: "ended early", tone: "plain" };
  return now < of.maturity ? { word: "open", tone: "good" } : { word: "matured", tone: "wait" };
}

/** What the reader's side was paid, micro-USDT; undefined while it is open, and for who handed it on. */
export function paidOut(of: Position): bigint | undefined {
  if (of.end === null || of.left !== null) return undefined;
  return parseMoney(of.side === "long" ? of.end.long_payout : of.end.short_payout);
}

/** Sums over open positions, micro-USDT; `worth` and `gain` count those that have a mark. */
export function totals(all: readonly Position[]): { locked: bigint; worth: bigint; gain: bigint; marked: number } {
  const sum = { locked: 0n, worth: 0n, gain: 0n, marked: 0 };
  for (const each of all.filter(isOpen)) {
    sum.locked += parseMoney(each.prefunding);
    if (!each.mark) continue;
    sum.worth += parseMoney(each.mark.payout);
    sum.gain += parseMoney(each.mark.gain);
    sum.marked += 1;
  }
  return sum;
}

export type Rung = { maturity: number; forwards: number; long: bigint; short: bigint; locked: bigint; gain: bigint };

/** Open positions by maturity, the next one first: Mtok long and short, micro-USDT. */
export function ladder(all: readonly Position[]): Rung[] {
  const rungs = new Map<number, Rung>();
  for (const each of all.filter(isOpen)) {
    const rung = rungs.get(each.maturity) ?? { maturity: each.maturity, forwards: 0, long: 0n, short: 0n, locked: 0n, gain: 0n };
    rung.forwards += 1;
    rung[each.side] += BigInt(each.quantity);
    rung.locked += parseMoney(each.prefunding);
    rung.gain += each.mark ? parseMoney(each.mark.gain) : 0n;
    rungs.set(each.maturity, rung);
  }
  return [...rungs.values()].sort((one, other) => one.maturity - other.maturity);
}
