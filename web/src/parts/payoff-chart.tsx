// What a side wins or loses, by settlement price: computed in this page from the figures, its fee taken off.
import { breakEven, corners, feeOf, payoff, payout, type PricedFigures, type Side } from "../chain/payoff.ts";
import { forDrawing, MICRO, showMoney } from "../money.ts";
import { Chart, type Mark, type Stop } from "./chart.tsx";
import { niceTicks } from "./scale.ts";
import { Amount, Price } from "./show.tsx";
import { Table } from "./table.tsx";

const STOPS = 48n;

type Props = {
  side: Side;
  figures: PricedFigures;
  underlying: string;
  /** One more settlement price to mark, such as the newest fixing. */
  now?: { price: bigint; name: string };
  /** What the side pays in the place of prefunding and fee, micro-USDT: a novation's payment. */
  paid?: bigint;
};

/** What a side ends up with: what it is paid out, without what it locked and its fee, or without what it paid instead. */
function resultAt({ side, figures, paid }: Pick<Props, "side" | "figures" | "paid">, settlement: bigint): bigint {
  return paid === undefined ? payoff(side, figures, settlement) - feeOf(side, figures) : payout(side, figures, settlement) - paid;
}

function evenOf({ side, figures, paid }: Props): bigint | undefined {
  return paid === undefined ? breakEven(side, figures)?.settlement : undefined;
}

export function PayoffChart(props: Props) {
  const { side, figures } = props;
  const { price, spot } = figures;
  // A little beyond the cap of a rise, so that one sees that the line ends there.
  const highest = ((price + spot) * 108n) / 100n;
  const points = corners(side, figures, highest).map(({ settlement }) => ({ x: forDrawing(settlement), y: resultAt(props, settlement) }));
  const marks: Mark[] = [
    { x: forDrawing(price), name: "agreed" },
    ...(props.now && props.now.price !== price && props.now.price < highest ? [{ x: forDrawing(props.now.price) }] : []),
  ];
  const off = props.paid === undefined ? "fee taken off" : "what you pay taken off";
  const label = `Result of the ${side} by settlement price of ${props.underlying}, ${off}`;
  const stops = stopsOf(props, highest);
  const home = forDrawing(props.now?.price ?? spot);
  return (
    <Chart
      label={label}
      series={[
        { kind: "dashed", name: "Neither gain nor loss", tone: "quiet", points: [{ x: 0, y: 0n }, { x: forDrawing(highest), y: 0n }] },
        { kind: "line", name: `Your result as the ${side}, ${off}`, tone: "accent", points },
      ]}
      stops={stops}
      home={Math.max(0, stops.findIndex((each) => each.x === home))}
      marks={marks}
      ticks={(width) => niceTicks(0, forDrawing(highest), width < 380 ? 4 : 8).filter((x) => x <= forDrawing(highest)).map((x) => ({ x, name: String(x) }))}
      valueName={amountName}
      table={<Scenarios {...props} />}
    />
  );
}

function stopsOf(props: Props, highest: bigint): Stop[] {
  const { side, figures, now } = props;
  const { price, spot } = figures;
  const even = evenOf(props);
  const named = new Map<bigint, string>([[price + spot, "the cap of a rise"], [price, "the agreed price"], [spot, "the spot"]]);
  if (price > spot) named.set(price - spot, "the cap of a fall");
  if (even !== undefined) named.set(even, "break-even");
  if (now) named.set(now.price, now.name);
  // Steps of whole cents, or of the smallest price where those are too wide.
  const unit = highest > MICRO * 2n ? MICRO / 100n : 1n;
  const step = (highest / STOPS / unit || 1n) * unit;
  for (let at = 0n; at <= highest; at += step) if (!named.has(at)) named.set(at, "");
  return [...named].filter(([at]) => at >= 0n && at <= highest).sort(([one], [other]) => (one < other ? -1 : 1)).map(([at, name]) => ({
    x: forDrawing(at),
    name: `Settles at ${showMoney(at)}${name && ` (${name})`}`,
    values: [["result", showMoney(resultAt(props, at), { signed: true })], ["paid out", showMoney(payout(side, figures, at))]],
  }));
}

/** The same by rows: round shares of the spot, and where something changes. */
function Scenarios(props: Props) {
  const { side, figures } = props;
  const { price, spot } = figures;
  const even = evenOf(props);
  const at = [0n, 25n, 50n, 75n, 100n, 125n, 150n, 200n].map((share) => (spot * share) / 100n);
  const all = [...new Set([...at, price, price + spot, ...(price > spot ? [price - spot] : []), ...(even === undefined ? [] : [even])])];
  const name = (each: bigint) => (each === price ? "agreed price" : each === spot ? "spot" : each === even ? "break-even" : each === price + spot || each === price - spot ? "cap" : "");
  return (
    <Table
      caption="Result by settlement price"
      rows={all.sort((one, other) => (one < other ? -1 : 1))}
      rowKey={String}
      columns={[
        { name: "Settlement price", head: true, cell: (each) => <><Price of={each} /> <span class="hint">{name(each)}</span></> },
        { name: "Payoff, USDT", figure: true, cell: (each) => <Amount of={payoff(side, figures, each)} signed unit={null} /> },
        { name: "Your result", figure: true, cell: (each) => <Amount of={resultAt(props, each)} signed unit={null} /> },
        { name: "Paid out", figure: true, cell: (each) => <Amount of={payout(side, figures, each)} unit={null} /> },
      ]}
    />
  );
}

/** `-1.5M`, `200k`: words on the axis. */
function amountName(at: number): string {
  const size = Math.abs(at);
  const [divisor, unit] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${at < 0 ? "\u2212" : ""}${Number((size / divisor).toPrecision(6))}${unit}`;
}
