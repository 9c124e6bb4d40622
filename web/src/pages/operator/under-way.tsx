// Agreements that were sent and are not booked yet: where each stands and what it waits for.
import type { Loaded } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";
import { Section } from "../../parts/page.tsx";
import { Copy, Tag, Time, Tokens } from "../../parts/show.tsx";
import { Load, State } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { Author } from "./author.tsx";
import { type Asked, underWay, type UnderWay, WAITS } from "./words.ts";

export function Agreements(props: { of: readonly Loaded<Schema<"OperatorRequestPage">>[] }) {
  const rows = props.of.every((each) => each.data) ? underWay(props.of.flatMap((each) => each.data!.items)) : undefined;
  const whole: Loaded<UnderWay[]> = {
    data: rows,
    problem: props.of.find((each) => each.problem)?.problem,
    busy: props.of.some((each) => each.busy),
    reload: () => props.of.forEach((each) => each.reload()),
  };
  return (
    <Section title="Agreements under way" note="Sent, and not booked yet">
      <Load of={whole} lines={3}>{(found) => <Rows items={found} />}</Load>
    </Section>
  );
}

function Rows(props: { items: readonly UnderWay[] }) {
  const one = (of: UnderWay): Asked => (of.long ?? of.short)!;
  return (
    <Table
      caption="Agreements under way, newest first"
      rows={props.items}
      rowKey={(each) => each.agreement}
      empty={<State kind="empty" title="No terms are out." next="What you confirm stands here until it is booked, declined or over its deadline." />}
      columns={[
        { name: "Agreement", head: true, cell: (each) => <>{one(each).underlying}, <Tokens of={one(each).quantity} /> tokens <Copy text={each.agreement} what="id" /></> },
        { name: "Long", cell: (each) => (each.long ? <Author of={each.long} /> : "–") },
        { name: "Short", cell: (each) => (each.short ? <Author of={each.short} /> : "–") },
        { name: "State", cell: (each) => <Tag tone={WAITS[each.state]?.tone ?? "plain"}>{WAITS[each.state]?.tag ?? each.state}</Tag> },
        { name: "Since", cell: (each) => <Time at={each.since} inline distance /> },
        { name: "Waits for", cell: (each) => <span class="next">{WAITS[each.state]?.waits}</span> },
      ]}
    />
  );
}
