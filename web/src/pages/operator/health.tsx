// What must be well for the desk to work: that it sees the chain, and that each reference has its fixing of the day.
import type { Schema } from "../../api/types.ts";
import { Section } from "../../parts/page.tsx";
import { Facts, Tag, useNow } from "../../parts/show.tsx";
import { Load } from "../../parts/state.tsx";
import { DAY, showDay, showSpan, showUtc } from "../../time.ts";
import type { MarketAnswer } from "../market/as-of.tsx";

/** Seconds behind which the newest block tells that the desk's node may be stuck. */
const LATE = 300;

export function Health(props: { of: MarketAnswer<"/api/market/underlyings"> }) {
  return (
    <Section title="The desk's sight" note="Terms are made and booked only on the day's own fixing">
      <Load of={props.of} lines={3}>
        {({ as_of, items }) => (
          <Facts items={[
            ["Newest block it has read", <Block of={as_of} />],
            ...items.filter((each) => each.listed).map((each) => [each.name, <Fixed of={each} />] as const),
          ]} />
        )}
      </Load>
    </Section>
  );
}

function Block(props: { of: Schema<"AsOfOut"> }) {
  const now = useNow(10);
  const { block, time, final_block } = props.of;
  const late = now - time;
  return (
    <>
      {block.toLocaleString("en")}, of {showUtc(time)} {late > LATE ? <Tag tone="wait">{showSpan(late)} old</Tag> : <Tag tone="good">fresh</Tag>}
      <span class="hint">{late > LATE ? "Either the chain made no block, or the desk's node is behind: look at the node. " : ""}{final_block === null ? "The node tells no finality." : `Final to block ${final_block.toLocaleString("en")}.`}</span>
    </>
  );
}

function Fixed(props: { of: Schema<"UnderlyingOut"> }) {
  const { newest } = props.of;
  const now = useNow(60);
  if (newest?.today) return <Tag tone="good">fixed today</Tag>;
  const today = showDay(now - (now % DAY));
  return <><Tag tone="wait">not fixed today</Tag><span class="hint">{newest ? `Newest fixing of ${showDay(newest.date)}. ` : ""}Nothing can be booked on it before the fixing of {today}: look at the oracle's nodes.</span></>;
}
