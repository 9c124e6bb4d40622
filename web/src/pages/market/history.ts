// A reference's fixings as days without a gap: what each day counts as where it was not fixed. Pure.
import { DAY, dayStart } from "../../time.ts";
import { parseMoney } from "../../money.ts";

export type FixedDay = {
  /** Unix seconds of the UTC midnight that begins it. */
  day: number;
  /** micro-USDT per Mtok, where it was fixed. */
  price?: bigint;
  /** Where it was not: the day whose fixing it takes, as soon as that is certain. */
  takes?: number;
};

/** How many days after a day without a fixing may still lend it theirs. */
const POSTPONED = 2;

/**
 * Every day from the first fixing to `today` (unix seconds within it), oldest first. A day without a fixing takes the
 * first of the next two days', else the newest earlier one; certain three days after it began (docs/protocol.md).
 * Today itself is left away until it is fixed.
 */
export function daysOf(fixings: readonly { date: string; price: string }[], today: number): FixedDay[] {
  const prices = new Map(fixings.map((each) => [dayStart(each.date), parseMoney(each.price)]));
  if (prices.size === 0) return [];
  const known = [...prices.keys()];
  const last = Math.max(Math.max(...known), Math.floor(today / DAY) * DAY - DAY);
  const found: FixedDay[] = [];
  let newest = 0;
  for (let day = Math.min(...known); day <= last; day += DAY) {
    const price = prices.get(day);
    if (price !== undefined) {
      newest = day;
      found.push({ day, price });
      continue;
    }
    const later = [1, POSTPONED].map((n) => day + n * DAY).find((each) => prices.has(each));
    const certain = later ?? (today >= day + (POSTPONED + 1) * DAY ? newest : undefined);
    found.push(certain === undefined ? { day } : { day, takes: certain });
  }
  return found;
}
