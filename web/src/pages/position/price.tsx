// The price that decides: the days of an average with their running mean, and what the side was worth day by day.
import { showMoney } from "../../money.ts";
import { Chart } from "../../parts/chart.tsx";
import { Section } from "../../parts/page.tsx";
import { dayTicks, thinned } from "../../parts/scale.ts";
import { Amount, Day, Figures, Price } from "../../parts/show.tsx";
import { State } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { More } from "../../parts/dialog.tsx";
import { DAY, showDay } from "../../time.ts";
import { figuresOf, type Position } from "../positions/part.ts";
import { averagedDays, type AveragedDay, marks, meanSoFar, type Posted, spotDay } from "./life.ts";

/** The mean of an average-price forward, as far as its days are known. A point forward needs none of it. */
export function Reference(props: { of: Position; posted: readonly Posted[]; now: number }) {
  const { of, posted, now } = props;
  if (of.averaging_days === 1 || of.left !== null || of.status === "terminated") return null;
  const days = averagedDays(of, posted, now);
  const mean = meanSoFar(days);
  const begun = days.filter((each) => each.day <= now);
  const first = days[0]!.day;
  return (
    <Section title="Its average" note={<>{showDay(first)} to {showDay(of.maturity)}</>}>
      {mean === undefined
        ? <State kind="waiting" title={<>Averaging begins on <Day of={first} />.</>} next={`From then on each day's fixing counts one ${of.averaging_days}th, and the running mean stands here.`} />
        : (
          <>
            <Figures items={[
              ["Mean so far", <Price of={mean.price} />, "rounded down, as the contract does"],
              ["Days known", `${mean.known} of ${of.averaging_days}`, mean.known < days.length ? `${days.length - mean.known} still to come` : "all of them"],
            ]} />
            <More title="The days so far"><Days days={begun} /></More>
          </>
        )}
    </Section>
  );
}

function Days(props: { days: readonly AveragedDay[] }) {
  return (
    <Table
      caption="Days of the mean so far, USDT per 1M output tokens"
      rows={[...props.days].reverse()}
      rowKey={(each) => String(each.day)}
      columns={[
        { name: "Day", head: true, cell: (each) => <Day of={each.day} /> },
        { name: "Counts as", figure: true, cell: (each) => (each.price === undefined ? "not certain yet" : <Price of={each.price} />) },
        { name: "Fixing of", cell: (each) => (each.source === undefined ? "–" : <Day of={each.source} />) },
      ]}
    />
  );
}

/** What the side would have been paid on each day until its end (unix seconds), were it settled at that day's fixing. */
export function Marks(props: { of: Position; posted: readonly Posted[]; until: number }) {
  const { of, posted } = props;
  const from = spotDay(of.block, posted);
  const found = from === undefined || of.left !== null ? [] : marks(of.side, figuresOf(of), posted, from, Math.min(props.until, of.maturity));
  if (found.length < 2) return null;
  const first = found[0]!.day;
  const last = found.at(-1)!.day;
  return (
    <Section title="Day by day" note="What your side would have gained at each day's fixing">
      <Chart
        label={`Gain of the ${of.side} at each day's fixing, USDT`}
        series={[
          { kind: "dashed", name: "Neither gain nor loss", tone: "quiet", points: [{ x: first, y: 0n }, { x: last, y: 0n }] },
          { kind: "step", name: "Gain at the day's fixing, before the fee", tone: "accent", points: found.map((each) => ({ x: each.day, y: each.gain })) },
        ]}
        stops={found.map((each) => ({ x: each.day, name: showDay(each.day), values: [["gain", showMoney(each.gain, { signed: true })], ["fixing", showMoney(each.price)]] }))}
        ticks={(width) => dates(first, last, width)}
        table={<Numbers found={found} />}
      />
      <p class="hint">A mark, not a price at which anybody trades: the contract's own payoff at the fixing that the oracle posted for that day.</p>
    </Section>
  );
}

function dates(first: number, last: number, width: number): { x: number; name: string }[] {
  const most = Math.max(2, Math.floor(width / 80));
  const year = last - first > 300 * DAY;
  return thinned(dayTicks(first, last, most), most).map((x) => ({ x, name: showDay(x).replace(year ? /^\d+ / : / \d+$/, "") }));
}

function Numbers(props: { found: readonly { day: number; price: bigint; gain: bigint }[] }) {
  return (
    <Table
      caption="Newest 60 days"
      rows={[...props.found].reverse().slice(0, 60)}
      rowKey={(each) => String(each.day)}
      columns={[
        { name: "Day", head: true, cell: (each) => <Day of={each.day} /> },
        { name: "Fixing", figure: true, cell: (each) => <Price of={each.price} /> },
        { name: "Gain, USDT", figure: true, cell: (each) => <Amount of={each.gain} signed unit={null} /> },
      ]}
    />
  );
}
