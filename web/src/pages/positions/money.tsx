// Where an account's money is: locked in forwards, free on the escrow, in its wallet.
import type { Loaded } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";
import { Amount, Figures } from "../../parts/show.tsx";
import { showMoney } from "../../money.ts";
import { showDay } from "../../time.ts";
import { type Position, totals } from "./part.ts";

export function Money(props: { positions: readonly Position[] | undefined; funds: Loaded<Schema<"FundsOut">>; linked?: boolean }) {
  const { positions, funds } = props;
  const sum = totals(positions ?? []);
  const days = [...new Set((positions ?? []).flatMap((each) => (each.mark ? [each.mark.day] : [])))].sort();
  const asOf = days.length === 0 ? "no fixing to go by" : `fixing of ${days.map(showDay).join(" and ")}`;
  const there = funds.data;
  const wait = funds.problem ? funds.problem.what : "Reading the chain";
  return (
    <Figures
      items={[
        ["Locked in forwards", positions ? <Amount of={sum.locked} /> : "–", "comes back with its result at settlement"],
        ["Worth at the newest fixings", positions ? <Amount of={sum.worth} /> : "–",
          sum.marked > 0 ? `${showMoney(sum.gain, { signed: true })} so far; ${asOf}` : positions ? asOf : "Reading the chain"],
        ["Free on the escrow", there ? <Amount of={there.free} /> : "–", !there ? wait : props.linked ? <a href="/funds">Withdraw or deposit</a> : "yours to withdraw at any time"],
        ["In your wallet", there ? <Amount of={there.wallet} /> : "–", there ? `block ${there.block.toLocaleString("en")}` : wait],
      ]}
    />
  );
}
