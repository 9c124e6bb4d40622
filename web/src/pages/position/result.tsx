// How a forward ended: who got what, and from which fixings.
import { parseMoney, showMoney } from "../../money.ts";
import { More } from "../../parts/dialog.tsx";
import { Amount, Copy, Day, Price, shortened, Time } from "../../parts/show.tsx";
import { Table } from "../../parts/table.tsx";
import { showDay } from "../../time.ts";
import type { Position } from "../positions/part.ts";
import type { Statement } from "./paper.ts";

export function Result(props: { of: Position; statement: Statement | undefined }) {
  const { of, statement } = props;
  const { end } = of;
  if (!end) return null;
  const locked = parseMoney(of.prefunding);
  const rows = (["long", "short"] as const).map((side) => ({ side, paid: parseMoney(side === "long" ? end.long_payout : end.short_payout) }));
  return (
    <>
      <p class="said">
        {end.kind === "settled" ? "Settled" : "Ended early, at the price that both sides approved,"} at <Price of={end.price} unit />{statement && <>, <Time at={statement.ended_at} inline /></>}.
        {" "}{statement && <From statement={statement} />}
      </p>
      {statement && statement.days.length > 1 && <Averaged statement={statement} />}
      <Table
        caption="Who was paid what, USDT"
        rows={rows}
        rowKey={(each) => each.side}
        columns={[
          { name: "Side", head: true, cell: (each) => (each.side === of.side ? `${each.side}, you` : each.side) },
          { name: "Had locked", figure: true, cell: () => <Amount of={locked} unit={null} /> },
          { name: "Result", figure: true, cell: (each) => <Amount of={each.paid - locked} signed unit={null} /> },
          { name: "Paid to its free balance", figure: true, cell: (each) => <Amount of={each.paid} unit={null} /> },
        ]}
      />
      <p class="hint">Both payouts add up to twice the prefunding: {showMoney(2n * locked)}. Transaction <code title={end.tx_hash}>{shortened(end.tx_hash)}</code><Copy text={end.tx_hash} what="transaction" />{statement && (statement.final ? " It is final." : " Its block is not final yet.")}</p>
    </>
  );
}

/** Which fixings made the price. */
function From(props: { statement: Statement }) {
  const { days, how } = props.statement;
  if (how === "termination") return <>No fixing enters it.</>;
  const [first] = days;
  if (days.length === 1 && first) {
    return first.day === first.fixing_of
      ? <>It is the fixing of {showDay(first.day)}, signed by {first.signers} nodes.</>
      : <>{showDay(first.day)} had no fixing; by the oracle's rule that of {showDay(first.fixing_of)} took its place, signed by {first.signers} nodes.</>;
  }
  return <>It is the mean of {days.length} days' fixings, rounded down to a millionth.</>;
}

/** The days of a mean, in full. */
function Averaged(props: { statement: Statement }) {
  const { days } = props.statement;
  return (
    <More title={`The ${days.length} days of the mean`}>
      <Table
        caption="Days of the mean, USDT per 1M output tokens"
        rows={days}
        rowKey={(each) => each.day}
        columns={[
          { name: "Day", head: true, cell: (each) => <Day of={each.day} /> },
          { name: "Counts as", figure: true, cell: (each) => <Price of={each.price} /> },
          { name: "Fixing of", cell: (each) => <Day of={each.fixing_of} /> },
          { name: "Signers", figure: true, cell: (each) => each.signers },
        ]}
      />
    </More>
  );
}
