// Beside the form: the newest fixing with its history, the indicative price with how weak its evidence is, and what a
// forward at this price would lock, cost and risk for this side.
import { type Loaded, useSettled } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";
import { feeOf, needed, prefunding, type PricedFigures, worstCase } from "../../chain/payoff.ts";
import { forDrawing, parseMoney, readMoney, showMoney } from "../../money.ts";
import { PayoffChart } from "../../parts/payoff-chart.tsx";
import { linear, linePath } from "../../parts/scale.ts";
import { Amount, Day, Facts, Price } from "../../parts/show.tsx";
import { Load, Room, State } from "../../parts/state.tsx";
import { dayStart } from "../../time.ts";
import { BasisWarning, EveningWarning } from "../agreement/terms.tsx";
import { type Form, quantityOf, type Reference } from "./form.ts";

type Curve = Schema<"CurveOut">;

/** What the curve says for a form. `exact`: the form names a tenor, and averages over one day or all of them. */
type Quoted = { spot: bigint; indicative: bigint; low: bigint | null; high: bigint | null; months: number; exact: boolean };

export function quotedOf(form: Form, { spot, tenors }: Curve): Quoted | undefined {
  if (spot === null || tenors.length === 0) return undefined;
  const distance = (each: Schema<"TenorOut">) => form.tenor === "day" ? Math.abs(each.maturity - dayStart(form.day)) : Math.abs(each.months - Number(form.tenor));
  const [tenor] = [...tenors].sort((one, other) => distance(one) - distance(other));
  const { price, low, high } = tenor![form.kind === "whole" && form.tenor !== "day" ? "average" : "point"];
  if (price === null) return undefined;
  const money = (text: string | null) => (text === null ? null : parseMoney(text));
  const exact = distance(tenor!) === 0 && (form.kind === "point" || (form.kind === "whole" && form.tenor !== "day"));
  return { spot: parseMoney(spot), indicative: parseMoney(price), low: money(low), high: money(high), months: tenor!.months, exact };
}

export function Quote(props: { form: Form; reference: Reference | undefined; curve: Loaded<Curve>; fixings: Loaded<Schema<"FixingsOut">> }) {
  const { form, reference } = props;
  if (!useSettled([props.curve, props.fixings])) return <aside class="quote" aria-label="Quote"><Room lines={12} /></aside>;
  return (
    <aside class="quote" aria-label="Quote">
      <h2>{reference?.name ?? "Quote"}</h2>
      <Load of={props.fixings} lines={3}>{({ items }) => <Newest items={items} />}</Load>
      <Load of={props.curve} lines={8}>
        {(curve) => {
          const quoted = quotedOf(form, curve);
          return quoted ? <Figures {...props} quoted={quoted} /> : <State kind="empty" title="There is no indicative price." next="It is published on the newest fixing above zero; a request with a limit of your own can be made all the same." />;
        }}
      </Load>
      <div class="notices">
        {form.kind === "point" && <EveningWarning />}
        <BasisWarning />
      </div>
    </aside>
  );
}

function Newest(props: { items: readonly Schema<"FixingOut">[] }) {
  const [newest] = props.items;
  if (!newest) return <State kind="empty" title="No day was fixed yet." next="The first fixing appears here within the hour after 00:00 UTC." />;
  return (
    <div class="newest">
      <div><p class="newest-price"><Price of={newest.price} /></p><p class="hint">USDT per 1M output tokens, fixed <Day of={newest.date} /></p></div>
      <Spark items={props.items} />
    </div>
  );
}

/** The history as a small line; the market has it large, with its numbers. */
function Spark(props: { items: readonly Schema<"FixingOut">[] }) {
  const points = [...props.items].reverse().map((each) => ({ x: dayStart(each.date), y: forDrawing(parseMoney(each.price)) }));
  if (points.length < 2) return null;
  const values = points.map((each) => each.y);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = linear([points[0]!.x, points.at(-1)!.x], [1, 119]);
  const y = linear([low, high], [31, 3]);
  return (
    <svg class="spark" viewBox="0 0 120 34" role="img" aria-label={`${points.length} fixings, between ${low} and ${high}`}>
      <path class="line accent" d={linePath(points.map((each) => [x(each.x), y(each.y)] as const), true)} />
    </svg>
  );
}

function Figures(props: { form: Form; reference: Reference | undefined; quoted: Quoted }) {
  const { form, quoted } = props;
  const quantity = quantityOf(form, props.reference?.lot ?? 0);
  const limit = form.price === "limit" ? readMoney(form.limit) : undefined;
  const { spot, indicative, low, high } = quoted;
  const price = limit && limit <= 2n * spot ? limit : indicative;
  const figures: PricedFigures | undefined = quantity === undefined ? undefined : { quantity: BigInt(quantity), price, spot, indicative };
  const at = price === limit ? "your limit" : "the indicative price";
  return (
    <>
      <Facts items={[
        [quoted.exact ? "Indicative price" : "About", <Price of={indicative} />, quoted.exact ? "published, never binding" : `that of ${quoted.months} months; yours is computed with the terms`],
        low !== null && high !== null && ["95% of the evidence", <>{showMoney(low)} to {showMoney(high)}</>, "two repricings are all there is"],
      ]} />
      {figures ? (
        <>
          <Facts items={[
            ["You can lose at most", <b><Amount of={worstCase(form.side, figures)} /></b>, `as the ${form.side}, at ${at}, your fee included`],
            ["You lock", <Amount of={prefunding(figures)} />, "spot times quantity, from booking to settlement; no margin calls"],
            ["Your fee", <Amount of={feeOf(form.side, figures)} />, "half of 1% at the indicative price"],
            ["Booking collects", <Amount of={needed(form.side, figures)} />],
          ]} />
          <h3>Your result at {at}</h3>
          <PayoffChart side={form.side} figures={figures} underlying={props.reference?.name ?? ""} />
        </>
      ) : <State kind="empty" title="Write how many lots." next="Then what you would lock, pay and risk stands here." />}
      <p class="hint">As of today's spot. Terms are made on the day of the match, and you decide again when you see them.</p>
    </>
  );
}
