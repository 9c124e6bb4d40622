// The oracle's list: every reference with its newest fixing; one of them is shown in depth below.
import type { Schema } from "../../api/types.ts";
import { Day, Price, Tag, Tokens } from "../../parts/show.tsx";
import { Table, type Column } from "../../parts/table.tsx";

type Item = Schema<"UnderlyingOut">;

export function References(props: { items: readonly Item[]; chosen: string; onChoose: (name: string) => void }) {
  const columns: readonly Column<Item>[] = [
    {
      name: "Reference",
      head: true,
      cell: (each) => (
        <button type="button" class="choose" aria-pressed={each.name === props.chosen} onClick={() => props.onChoose(each.name)}>
          {each.name}
        </button>
      ),
    },
    { name: "Newest fixing", figure: true, cell: (each) => each.newest ? <Price of={each.newest.price} /> : "none yet" },
    { name: "Fixed on", cell: (each) => each.newest ? <Day of={each.newest.date} /> : "–" },
    { name: "Forwards", cell: (each) => <Open of={each} /> },
    { name: "Lot", figure: true, cell: (each) => each.lot > 0 ? <>{<Tokens of={each.lot} />} tokens</> : "–" },
    { name: "Days fixed", figure: true, wide: true, cell: (each) => each.fixings.toLocaleString("en") },
  ];
  return <Table caption="References with their newest fixings" columns={columns} rows={props.items} rowKey={(each) => each.name} chosen={(each) => each.name === props.chosen} />;
}

/** Whether a forward can be booked on it now, and why not. */
function Open(props: { of: Item }) {
  const { of } = props;
  if (!of.listed) return <Tag>not listed</Tag>;
  if (!of.newest) return <Tag tone="wait">after its first fixing</Tag>;
  return of.newest.today ? <Tag tone="good">open today</Tag> : <Tag tone="wait">after today's fixing</Tag>;
}
