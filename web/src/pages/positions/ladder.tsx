// The ladder: how much of the open forwards ends on which date.
import { Progress } from "../../parts/steps.tsx";
import { Amount, Day, Tokens } from "../../parts/show.tsx";
import { Table } from "../../parts/table.tsx";
import { showDay } from "../../time.ts";
import { ladder, type Position, type Rung } from "./part.ts";

export function Ladder(props: { items: readonly Position[] }) {
  const rungs = ladder(props.items);
  const most = rungs.reduce((found, each) => (each.locked > found ? each.locked : found), 1n);
  /** Thousandths of the longest bar. */
  const share = (each: Rung) => Number((each.locked * 1000n) / most);
  return (
    <Table
      caption="Open forwards by maturity"
      rows={rungs}
      rowKey={(each) => String(each.maturity)}
      columns={[
        { name: "Maturity", head: true, cell: (each) => <Day of={each.maturity} /> },
        { name: "Share of what is locked", cell: (each) => <span class="bar"><Progress label={`Locked until ${showDay(each.maturity)}`} value={share(each)} of={1000} /></span> },
        { name: "Forwards", figure: true, cell: (each) => each.forwards },
        { name: "Long", figure: true, cell: (each) => (each.long > 0n ? <Tokens of={each.long} /> : "–") },
        { name: "Short", figure: true, cell: (each) => (each.short > 0n ? <Tokens of={each.short} /> : "–") },
        { name: "Gain so far, USDT", figure: true, cell: (each) => <Amount of={each.gain} signed unit={null} /> },
        { name: "Locked, USDT", figure: true, cell: (each) => <Amount of={each.locked} unit={null} /> },
      ]}
    />
  );
}
