// Forwards in a table, cards on a phone: open ones with their mark, ended ones with what came back.
import { showMoney, parseMoney } from "../../money.ts";
import { Amount, Day, Price, Tag, Tokens, useNow } from "../../parts/show.tsx";
import { State } from "../../parts/state.tsx";
import { Table, type Column } from "../../parts/table.tsx";
import { ButtonLink } from "../../parts/button.tsx";
import { DAY, showDay } from "../../time.ts";
import { paidOut, type Position, standing } from "./part.ts";

const head: Column<Position> = {
  name: "Forward",
  head: true,
  cell: (each) => <a class="row-link" href={`/positions/${each.id}`}>{each.underlying}<span class="unseen">, {each.side}, {showDay(each.maturity)}</span></a>,
};
const terms: readonly Column<Position>[] = [
  { name: "Side", cell: (each) => each.side },
  { name: "Tokens", figure: true, cell: (each) => <Tokens of={each.quantity} /> },
  { name: "Agreed", figure: true, cell: (each) => <Price of={each.price} /> },
];

export function Open(props: { items: readonly Position[] }) {
  const now = useNow(60);
  const sorted = [...props.items].sort((one, other) => one.maturity - other.maturity);
  return (
    <Table
      caption="Open forwards, the next maturity first"
      rows={sorted}
      rowKey={(each) => each.id}
      empty={<State kind="empty" title="No forward is open." next="Ended ones are beside this list. A new one begins with a request." action={<ButtonLink href="/request">Ask for a forward</ButtonLink>} />}
      columns={[
        head,
        ...terms,
        { name: "Maturity", cell: (each) => <span class="two"><Day of={each.maturity} /><span class="hint">{left(each.maturity, now)}</span></span> },
        { name: "Gain at the newest fixing, USDT", figure: true, cell: (each) => <Marked of={each} /> },
        { name: "Locked, USDT", figure: true, cell: (each) => <Amount of={each.prefunding} unit={null} /> },
        { name: "State", cell: (each) => <Standing of={each} now={now} /> },
      ]}
    />
  );
}

export function Ended(props: { items: readonly Position[] }) {
  const now = useNow(60);
  return (
    <Table
      caption="Ended forwards, newest first"
      rows={props.items}
      rowKey={(each) => each.id}
      empty={<State kind="empty" title="No forward has ended yet." next="After its settlement a forward stands here with what came back; the money is free on the escrow from then on." />}
      columns={[
        head,
        ...terms,
        { name: "Ended at", figure: true, cell: (each) => each.end && each.left === null ? <Price of={each.end.price} /> : "–" },
        { name: "Locked, USDT", figure: true, cell: (each) => <Amount of={each.prefunding} unit={null} /> },
        { name: "Paid out, USDT", figure: true, cell: (each) => { const paid = paidOut(each); return paid === undefined ? "–" : <Amount of={paid} unit={null} />; } },
        { name: "Result, USDT", figure: true, cell: (each) => { const paid = paidOut(each); return paid === undefined ? "–" : <Amount of={paid - parseMoney(each.prefunding)} signed unit={null} />; } },
        { name: "State", cell: (each) => <Standing of={each} now={now} /> },
      ]}
    />
  );
}

function Marked(props: { of: Position }) {
  const { mark } = props.of;
  if (!mark) return <span class="hint">no fixing yet</span>;
  return <span class="two"><Amount of={mark.gain} signed unit={null} /><span class="hint">at {showMoney(parseMoney(mark.price))}, {showDay(mark.day)}</span></span>;
}

export function Standing(props: { of: Position; now: number }) {
  const { word, tone } = standing(props.of, props.now);
  return <Tag tone={tone}>{word}</Tag>;
}

/** `in 54 days`, by UTC days: what a treasurer counts. */
function left(maturity: number, now: number): string {
  const days = Math.ceil((maturity - now) / DAY);
  if (days > 0) return days === 1 ? "within a day" : `in ${days} days`;
  return days === 0 ? "today" : `${-days} ${days === -1 ? "day" : "days"} ago`;
}
