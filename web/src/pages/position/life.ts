// Where a forward is in its life, and what its settlement price is made of so far. Pure; the rules are those of
// docs/protocol.md: a day without a fixing takes the first of the next two days', else the newest earlier one.
import { payoff, type PricedFigures, type Side } from "../../chain/payoff.ts";
import { DAY, dayStart } from "../../time.ts";
import { parseMoney } from "../../money.ts";
import { daysOf } from "../market/history.ts";
import { type Position } from "../positions/part.ts";

/** A fixing as the desk's market tells it. */
export type Posted = { date: string; price: string; signers: number; block_number: number; tx_hash: string; final: boolean };

/** Days after which a maturity's price is certain whatever was posted. */
const CERTAIN_AFTER = 3;

/** One day of the mean that settles. */
export type AveragedDay = {
  /** Unix seconds of its midnight. */
  day: number;
  /** micro-USDT per Mtok that it counts as; undefined while that is not certain. */
  price: bigint | undefined;
  /** The day whose fixing it is: another one where it had none of its own. */
  source: number | undefined;
};

/** The days that the settlement price is the mean of, oldest first. `now`: unix seconds. */
export function averagedDays(of: Pick<Position, "maturity" | "averaging_days">, fixings: readonly Posted[], now: number): AveragedDay[] {
  const known = new Map(daysOf(fixings, now).map((each) => [each.day, each]));
  const prices = new Map(fixings.map((each) => [dayStart(each.date), parseMoney(each.price)]));
  const first = of.maturity - (of.averaging_days - 1) * DAY;
  return Array.from({ length: of.averaging_days }, (_, index) => {
    const day = first + index * DAY;
    const source = prices.has(day) ? day : known.get(day)?.takes;
    return { day, source, price: source === undefined ? undefined : prices.get(source) };
  });
}

/** The mean of the days that are known, rounded down as the contract does; undefined without any. */
export function meanSoFar(days: readonly AveragedDay[]): { price: bigint; known: number } | undefined {
  const known = days.flatMap((each) => (each.price === undefined ? [] : [each.price]));
  if (known.length === 0) return undefined;
  return { price: known.reduce((sum, each) => sum + each, 0n) / BigInt(known.length), known: known.length };
}

/** From when on the settlement price is certain at the latest, unix seconds. */
export function certainAt(maturity: number): number {
  return maturity + CERTAIN_AFTER * DAY;
}

export type Phase =
  /** A novation put another in the reader's place. */
  | { name: "left" }
  | { name: "settled" }
  | { name: "terminated" }
  /** Before its maturity. */
  | { name: "running" }
  /** Matured; no fixing decides yet. `today`: the maturity's own day is still going on. */
  | { name: "waiting"; today: boolean }
  /** Anybody can settle it, at this price. */
  | { name: "due"; price: bigint; days: readonly AveragedDay[] };

/** `fixings`: those up to two days after the maturity. */
export function phaseOf(of: Position, fixings: readonly Posted[], now: number): Phase {
  if (of.left !== null) return { name: "left" };
  if (of.status === "settled") return { name: "settled" };
  if (of.status === "terminated") return { name: "terminated" };
  if (now < of.maturity) return { name: "running" };
  const days = averagedDays(of, fixings, now);
  const mean = meanSoFar(days);
  if (mean === undefined || mean.known < days.length) return { name: "waiting", today: now < of.maturity + DAY };
  return { name: "due", price: mean.price, days };
}

/** The day on whose fixing it was booked: the newest one that was posted by then. Undefined where it is not known. */
export function spotDay(block: number, fixings: readonly Posted[]): number | undefined {
  const before = fixings.filter((each) => each.block_number <= block).map((each) => dayStart(each.date));
  return before.length === 0 ? undefined : Math.max(...before);
}

/** A side's gain on each fixed day since the booking, were it settled there: micro-USDT, oldest first. */
export function marks(side: Side, figures: PricedFigures, fixings: readonly Posted[], from: number, to: number): { day: number; price: bigint; gain: bigint }[] {
  return fixings
    .map((each) => ({ day: dayStart(each.date), price: parseMoney(each.price) }))
    .filter(({ day }) => day >= from && day <= to)
    .sort((one, other) => one.day - other.day)
    .map(({ day, price }) => ({ day, price, gain: payoff(side, figures, price) }));
}

/** The price at which a side ends with `gain` above what it locked: to the nearest micro-USDT per Mtok. Undefined where no price does. */
export function priceFor(side: Side, figures: PricedFigures, gain: bigint): bigint | undefined {
  const long = side === "long" ? gain : -gain;
  const half = figures.quantity / 2n;
  const away = (long >= 0n ? long + half : long - half) / figures.quantity;
  const price = figures.price + away;
  const cap = figures.spot * figures.quantity;
  return price < 0n || long > cap || long < -cap ? undefined : price;
}
