// One reference in depth: its forward curve with how weak its evidence is, and the history of its fixings.
import { useState } from "preact/hooks";
import type { Schema } from "../../api/types.ts";
import { useLast } from "../../api/use.ts";
import { parseMoney, showMoney } from "../../money.ts";
import { Chart } from "../../parts/chart.tsx";
import { Choice } from "../../parts/form.tsx";
import { Columns, Section } from "../../parts/page.tsx";
import { dayTicks, thinned } from "../../parts/scale.ts";
import { Day, Price } from "../../parts/show.tsx";
import { Load, State } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { showDay } from "../../time.ts";
import type { MarketAnswer } from "./as-of.tsx";
import { curvePoints, curveSeries, curveStops, type CurvePoint, type Kind } from "./curve.ts";
import { daysOf, type FixedDay } from "./history.ts";

type Curves = MarketAnswer<"/api/market/curve">;
type Fixings = MarketAnswer<"/api/market/fixings">;

export function Reference(props: { name: string; curve: Curves; fixings: Fixings }) {
  return (
    <Columns>
      <Section title="Forward curve" note={props.name}><Curve of={useLast(props.curve)} /></Section>
      <Section title="Fixings" note={props.name}><History of={useLast(props.fixings)} /></Section>
    </Columns>
  );
}

const KINDS = [{ value: "point", name: "Point" }, { value: "average", name: "Average" }] as const;
const ABOUT: Record<Kind, string> = {
  point: "Settles on one day's fixing, that of its maturity.",
  average: "Settles on the mean of every day's fixing over the tenor, as even use is billed.",
};

function Curve(props: { of: Curves }) {
  const [kind, setKind] = useState<Kind>("point");
  return (
    <Load of={props.of} tall>
      {({ underlying, spot, tenors, calibration, stress_calibration }) => {
        if (spot === null || tenors.length === 0) {
          return <State kind="empty" title="There is no curve yet." next="It is drawn from the newest fixing, as soon as there is one above zero." />;
        }
        const first = parseMoney(spot);
        const points = curvePoints(tenors, kind);
        return (
          <>
            <div class="chart-choice">
              <Choice small label="Payoff" value={kind} onChange={(found) => setKind(found as Kind)} options={KINDS} />
              <span class="hint">{ABOUT[kind]}</span>
            </div>
            <Chart
              label={`Forward curve of ${underlying}, ${kind}, USDT per 1M output tokens`}
              series={curveSeries(first, points)}
              stops={curveStops(first, points)}
              ticks={() => [{ x: 0, name: "spot" }, ...points.map((each) => ({ x: each.months, name: `${each.months}M` }))]}
              table={<CurveTable points={points} tenors={tenors} />}
            />
            <p class="hint">
              Published, never binding. {calibration} rests on two repricings: its 95% interval is the shaded band. {stress_calibration} is a stress
              curve only. Prices can rise too; a forward's result is bounded by its prefunding either way.
            </p>
          </>
        );
      }}
    </Load>
  );
}

function CurveTable(props: { points: readonly CurvePoint[]; tenors: readonly Schema<"TenorOut">[] }) {
  const shown = (found: bigint | undefined) => (found === undefined ? "none" : <Price of={found} />);
  const tenor = (months: number) => props.tenors.find((each) => each.months === months)!;
  return (
    <Table
      caption="Forward curve, USDT per 1M output tokens"
      rows={props.points}
      rowKey={(each) => String(each.months)}
      columns={[
        { name: "Tenor", head: true, cell: (each) => `${each.months} months` },
        { name: "Maturity", cell: (each) => <Day of={tenor(each.months).maturity} /> },
        { name: "Indicative", figure: true, cell: (each) => shown(each.price) },
        { name: "Low", figure: true, cell: (each) => shown(each.low) },
        { name: "High", figure: true, cell: (each) => shown(each.high) },
        { name: "Stress", figure: true, cell: (each) => shown(each.stress) },
        { name: "Compound mean", figure: true, wide: true, cell: (each) => <Price of={tenor(each.months).compound_mean} /> },
      ]}
    />
  );
}

function History(props: { of: Fixings }) {
  return (
    <Load of={props.of} tall>
      {({ underlying, items, as_of }) => {
        const days = daysOf(items, as_of.time);
        if (days.length === 0) {
          return <State kind="empty" title="No day was fixed yet." next="The nodes fix a price once a day at 00:00 UTC; the first one appears here within the hour after." />;
        }
        const fixed = days.filter((each): each is FixedDay & { price: bigint } => each.price !== undefined);
        const missed = days.filter((each) => each.price === undefined);
        return (
          <>
            <div class="chart-choice"><span class="hint">{missedText(missed.length, days.length)}</span></div>
            <Chart
              label={`Daily fixings of ${underlying}, USDT per 1M output tokens`}
              series={[{ kind: "step", name: "Daily fixing", tone: "accent", points: fixed.map((each) => ({ x: each.day, y: each.price })) }]}
              stops={days.map((each) => ({ x: each.day, name: showDay(each.day), values: [["fixing", dayText(each)]] }))}
              marks={missed.map((each) => ({ x: each.day }))}
              markName="Day without a fixing of its own"
              ticks={(width) => dateTicks(days, width)}
              table={<HistoryTable days={days} items={items} />}
            />
            <p class="hint">The step changes on the day whose fixing changed. A day without a fixing takes that of the next two days, else the newest earlier one: nobody decides.</p>
          </>
        );
      }}
    </Load>
  );
}

function missedText(missed: number, all: number): string {
  const days = `${all} ${all === 1 ? "day" : "days"}`;
  return missed === 0 ? `${days}, every one of them fixed.` : `${days}, ${missed} of them without a fixing of their own.`;
}

function dayText(day: FixedDay): string {
  if (day.price !== undefined) return showMoney(day.price);
  return day.takes === undefined ? "none; not yet certain which one it takes" : `none; takes that of ${showDay(day.takes)}`;
}

/** Room for about one date in 80 px. */
function dateTicks(days: readonly FixedDay[], width: number): { x: number; name: string }[] {
  const first = days[0]!.day;
  const last = days.at(-1)!.day;
  const most = Math.max(2, Math.floor(width / 80));
  const year = last - first > 300 * 86_400;
  return thinned(dayTicks(first, last, most), most).map((x) => ({ x, name: showDay(x).replace(year ? /^\d+ / : / \d+$/, "") }));
}

function HistoryTable(props: { days: readonly FixedDay[]; items: readonly Schema<"FixingOut">[] }) {
  const newest = [...props.days].reverse().slice(0, 60);
  const of = (day: number) => props.items.find((each) => Date.parse(each.date) / 1000 === day);
  return (
    <Table
      caption="Fixings of the newest 60 days, USDT per 1M output tokens"
      rows={newest}
      rowKey={(each) => String(each.day)}
      columns={[
        { name: "Day", head: true, cell: (each) => <Day of={each.day} /> },
        { name: "Fixing", figure: true, cell: dayText },
        { name: "Signers", figure: true, cell: (each) => of(each.day)?.signers ?? "–" },
        { name: "Block", figure: true, cell: (each) => of(each.day)?.block_number.toLocaleString("en") ?? "–" },
        { name: "Final", cell: (each) => { const found = of(each.day); return found ? (found.final ? "yes" : "not yet") : "–"; } },
      ]}
    />
  );
}
