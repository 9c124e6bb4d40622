// What was booked, what is open of it, what was settled.
import type { Schema } from "../../api/types.ts";
import { Section } from "../../parts/page.tsx";
import { forDrawing, parseMoney, showTokens } from "../../money.ts";
import { Bar } from "../../parts/chart.tsx";
import { Amount, Day, Figures, Price, Tag, Tokens } from "../../parts/show.tsx";
import { Load, State } from "../../parts/state.tsx";
import { Table, type Column } from "../../parts/table.tsx";
import { showDistance } from "../../time.ts";
import type { MarketAnswer } from "./as-of.tsx";

type Sum = Schema<"SumOut">;

export function Totals(props: { of: Schema<"MarketOut"> }) {
  const { booked, open, settled, terminated } = props.of;
  const forwards = (sum: Sum) => `${sum.forwards} ${sum.forwards === 1 ? "forward" : "forwards"}, ${showTokens(sum.quantity)} tokens`;
  return (
    <Figures
      items={[
        ["Booked so far", <Amount of={booked.notional} />, forwards(booked)],
        ["Open interest", <Amount of={open.notional} />, forwards(open)],
        ["Locked by both sides", <Amount of={open.prefunding} />, "held by the escrow alone"],
        ["Settled", <Amount of={settled.notional} />, `${forwards(settled)}${terminated.forwards ? `; ${terminated.forwards} ended early` : ""}`],
      ]}
    />
  );
}

type Row = Sum & { underlying: string };

/** Columns of a sum; `all` of the rows are what the bars are a share of. */
function sums<R extends Row>(all: readonly R[]): readonly Column<R>[] {
  const most = all.reduce((found, each) => (parseMoney(each.notional) > found ? parseMoney(each.notional) : found), 1n);
  return [
    { name: "Forwards", figure: true, cell: (each) => each.forwards },
    { name: "Tokens", figure: true, cell: (each) => <Tokens of={each.quantity} /> },
    { name: "Notional, USDT", figure: true, cell: (each) => <Amount of={each.notional} unit={null} /> },
    { name: "Relative", wide: true, cell: (each) => <Bar of={forDrawing(parseMoney(each.notional)) / forDrawing(most)} /> },
    { name: "Locked, USDT", figure: true, cell: (each) => <Amount of={each.prefunding} unit={null} /> },
  ];
}

export function OpenInterest(props: { of: MarketAnswer<"/api/market/open-interest"> }) {
  return (
    <Section title="Open interest" note="By reference and maturity">
      <Load of={props.of} lines={3}>
        {({ items, as_of }) => (
          <Table<Schema<"InterestOut">>
            caption="Open interest by reference and maturity"
            rows={items}
            rowKey={(each) => `${each.underlying} ${each.maturity}`}
            most={12}
            empty={<State kind="empty" title="No forward is open." next="A forward stands here from its booking, when both prefundings are locked, to its settlement." />}
            columns={[
              { name: "Reference", head: true, cell: (each) => each.underlying },
              { name: "Maturity", cell: (each) => <Maturity of={each} at={as_of.time} /> },
              ...sums(items),
            ]}
          />
        )}
      </Load>
    </Section>
  );
}

function Maturity(props: { of: Schema<"InterestOut">; at: number }) {
  const { of, at } = props;
  return <><Day of={of.maturity} /> {of.matured ? <Tag tone="wait">to be settled</Tag> : <span class="hint">{showDistance(of.maturity, at)}</span>}</>;
}

export function Volume(props: { of: MarketAnswer<"/api/market/volume"> }) {
  return (
    <Section title="Booked volume" note="By month and reference">
      <Load of={props.of} lines={3}>
        {({ items }) => (
          <Table<Schema<"MonthOut">>
            caption="Booked volume by month and reference"
            rows={[...items].reverse()}
            most={6}
            rowKey={(each) => `${each.month} ${each.underlying}`}
            empty={<State kind="empty" title="Nothing was booked yet." next="The first booking opens this list." />}
            columns={[{ name: "Month", head: true, cell: (each) => each.month }, { name: "Reference", cell: (each) => each.underlying }, ...sums(items)]}
          />
        )}
      </Load>
    </Section>
  );
}

export function Settled(props: { of: MarketAnswer<"/api/market/settlements"> }) {
  return (
    <Section title="Settled forwards" note="Newest first; anybody can settle a matured one">
      <Load of={props.of} lines={3}>
        {({ items }) => (
          <Table<Schema<"SettlementOut">>
            caption="Settled forwards"
            rows={items}
            rowKey={(each) => each.forward}
            most={8}
            empty={<State kind="empty" title="No forward was settled yet." next="Once a maturity's fixing is certain, anybody settles it with one transaction, and both payouts stand here." />}
            columns={[
              { name: "Reference", head: true, cell: (each) => each.underlying },
              { name: "Maturity", cell: (each) => <Day of={each.maturity} /> },
              { name: "Tokens", figure: true, cell: (each) => <Tokens of={each.quantity} /> },
              { name: "Agreed", figure: true, cell: (each) => <Price of={each.price} /> },
              { name: "Settled at", figure: true, cell: (each) => <Price of={each.settlement_price} /> },
              { name: "Long was paid, USDT", figure: true, cell: (each) => <Amount of={each.long_payout} unit={null} /> },
              { name: "Short was paid, USDT", figure: true, cell: (each) => <Amount of={each.short_payout} unit={null} /> },
              { name: "State", cell: (each) => (each.final ? <Tag tone="good">final</Tag> : <Tag tone="wait">not final yet</Tag>) },
            ]}
          />
        )}
      </Load>
    </Section>
  );
}
