// The money of a forward, in bigint only: the same as ifx_sdk/payoff.py, bit for bit. Prices are micro-USDT per Mtok,
// quantities Mtok, amounts micro-USDT. Source: docs/protocol.md, "Money".

export type Side = "long" | "short";

/** What a payoff needs of terms or of a booked forward. */
export interface Figures {
  /** N, Mtok. */
  readonly quantity: bigint;
  /** F. */
  readonly price: bigint;
  /** S0. */
  readonly spot: bigint;
}

/** The same with F_ind, on which the fee is charged. */
export interface PricedFigures extends Figures {
  /** F_ind. */
  readonly indicative: bigint;
}

/** A fixing, hence any settlement price, is below this. */
export const PRICE_LIMIT = 1n << 40n;

/** B = S0 x N: what each side locks. */
export function prefunding({ spot, quantity }: Pick<Figures, "spot" | "quantity">): bigint {
  return spot * quantity;
}

/** Both sides' fee together: floor(F_ind x N x 100 / 10,000). */
export function fee({ indicative, quantity }: Pick<PricedFigures, "indicative" | "quantity">): bigint {
  return (indicative * quantity * 100n) / 10_000n;
}

/** A side's share of the fee: half, the odd micro by the short. */
export function feeOf(side: Side, figures: Pick<PricedFigures, "indicative" | "quantity">): bigint {
  const total = fee(figures);
  return side === "long" ? total / 2n : total - total / 2n;
}

/** What booking collects from a side: B and its share of the fee. */
export function needed(side: Side, figures: PricedFigures): bigint {
  return prefunding(figures) + feeOf(side, figures);
}

/** clamp((F_ref - F) x N, -B, +B) for the long, its negative for the short. */
export function payoff(side: Side, figures: Figures, settlement: bigint): bigint {
  const cap = prefunding(figures);
  const raw = (settlement - figures.price) * figures.quantity;
  const long = raw > cap ? cap : raw < -cap ? -cap : raw;
  return side === "long" ? long : -long;
}

/** What settlement pays a side: B and its payoff. Both together are 2B. */
export function payout(side: Side, figures: Figures, settlement: bigint): bigint {
  return prefunding(figures) + payoff(side, figures, settlement);
}

/** The most that a side can lose: min(F, S0) x N for the long, S0 x N for the short, and its share of the fee. */
export function worstCase(side: Side, figures: PricedFigures): bigint {
  const { price, spot, quantity } = figures;
  const most = side === "short" || spot < price ? spot : price;
  return most * quantity + feeOf(side, figures);
}

/** The most that a side can win, its share of the fee taken off: +B for the long, min(F, S0) x N for the short. */
export function bestCase(side: Side, figures: PricedFigures): bigint {
  const highest = side === "long" ? PRICE_LIMIT - 1n : 0n;
  return payoff(side, figures, highest) - feeOf(side, figures);
}

/** Where a side neither wins nor loses once its share of the fee is paid. */
export interface BreakEven {
  /** The last settlement price, micro-USDT per Mtok, on the losing side of it or right at it. */
  readonly settlement: bigint;
  /** What the side ends up with there: 0 or the little less that the next micro makes good. */
  readonly net: bigint;
}

/** The settlement price at which a side's payoff pays its fee; null where no price does (a fee above its best case). */
export function breakEven(side: Side, figures: PricedFigures): BreakEven | null {
  if (figures.quantity <= 0n || bestCase(side, figures) < 0n) {
    return null;
  }
  const away = feeOf(side, figures) / figures.quantity; // rounded down: towards the price, where the side still pays
  const settlement = side === "long" ? figures.price + away : figures.price - away;
  return { settlement, net: payoff(side, figures, settlement) - feeOf(side, figures) };
}

/** One point of a payoff chart. */
export interface Point {
  /** F_ref, micro-USDT per Mtok. */
  readonly settlement: bigint;
  /** micro-USDT; a loss is negative. */
  readonly payoff: bigint;
  /** The payoff with the side's share of the fee taken off. */
  readonly net: bigint;
}

/** The corners of a side's payoff from 0 to `highest`: joined by straight lines they are the whole payoff. */
export function corners(side: Side, figures: PricedFigures, highest: bigint): readonly Point[] {
  const { price, spot } = figures;
  const at = [0n, price - spot, price, price + spot, highest].filter((each) => each >= 0n && each <= highest);
  const sorted = [...new Set(at)].sort((one, other) => (one < other ? -1 : 1));
  return sorted.map((settlement) => {
    const won = payoff(side, figures, settlement);
    return { settlement, payoff: won, net: won - feeOf(side, figures) };
  });
}
