// A forward curve as a chart's lines: what the desk publishes, by payoff kind. Pure.
import type { Schema } from "../../api/types.ts";
import { parseMoney, showMoney } from "../../money.ts";
import type { Series, Stop } from "../../parts/chart.tsx";

export type Kind = "point" | "average";
type Tenor = Schema<"TenorOut">;

/** One tenor, read: prices in micro-USDT per Mtok; undefined where the tick gives none. */
export type CurvePoint = { months: number; price?: bigint; low?: bigint; high?: bigint; stress?: bigint };

export function curvePoints(tenors: readonly Tenor[], kind: Kind): CurvePoint[] {
  const money = (text: string | null) => (text === null ? undefined : parseMoney(text));
  return tenors.map((each) => {
    const found: CurvePoint = { months: each.months };
    const { price, low, high } = each[kind];
    for (const [name, text] of [["price", price], ["low", low], ["high", high], ["stress", each.stress[kind]]] as const) {
      const read = money(text);
      if (read !== undefined) found[name] = read;
    }
    return found;
  });
}

/** The curve's lines from the spot on: indicative with its band, and stress. */
export function curveSeries(spot: bigint, points: readonly CurvePoint[]): Series[] {
  const start = { x: 0, y: spot };
  const line = (name: "price" | "stress") =>
    [start, ...points.flatMap((each) => (each[name] === undefined ? [] : [{ x: each.months, y: each[name] }]))];
  const band = points.flatMap((each) => each.low === undefined || each.high === undefined ? [] : [{ x: each.months, low: each.low, high: each.high }]);
  return [
    { kind: "band", name: "95% of the evidence", tone: "accent", points: [{ x: 0, low: spot, high: spot }, ...band] },
    { kind: "dashed", name: "Stress calibration", tone: "warn", points: line("stress") },
    { kind: "line", name: "Indicative price", tone: "accent", dots: true, points: line("price") },
  ];
}

export function curveStops(spot: bigint, points: readonly CurvePoint[]): Stop[] {
  const text = (found: bigint | undefined) => (found === undefined ? "none" : showMoney(found));
  return [
    { x: 0, name: "Spot", values: [["newest fixing", showMoney(spot)]] },
    ...points.map((each): Stop => ({
      x: each.months,
      name: `${each.months} months`,
      values: [["indicative", text(each.price)], ["95%", `${text(each.low)} to ${text(each.high)}`], ["stress", text(each.stress)]],
    })),
  ];
}
