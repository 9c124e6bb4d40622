// Who would trade what, without who: checked requests that wait for a counterpart.
import type { Schema } from "../../api/types.ts";
import { ButtonLink } from "../../parts/button.tsx";
import { Section } from "../../parts/page.tsx";
import { Day, Price, Tag, Tokens } from "../../parts/show.tsx";
import { Load, State } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import type { MarketAnswer } from "./as-of.tsx";

type Level = Schema<"LevelOut">;

export function OpenRequests(props: { of: MarketAnswer<"/api/market/requests"> }) {
  return (
    <Section title="Open requests" note="Anonymous; those that are alike are one row">
      <Load of={props.of} lines={4}>
        {({ items, complete }) => (
          <>
            <Table
              caption="Open requests"
              rows={items}
              rowKey={(each) => JSON.stringify(each)}
              most={12}
              empty={
                <State kind="empty" title="Nobody waits for a counterpart at the moment." next="Write a request: the desk checks it, and it stands here without your name until it is matched."
                  action={<ButtonLink kind="plain" href="/request">Write a request</ButtonLink>} />
              }
              columns={[
                { name: "Reference", head: true, cell: (each) => each.underlying },
                { name: "Side", cell: (each) => <Tag>{each.side}</Tag> },
                { name: "Tenor", cell: (each) => (each.months === null ? "a day" : `${each.months} months`) },
                { name: "Maturity", cell: (each) => <Day of={each.maturity} /> },
                { name: "Settles on", wide: true, cell: kindText },
                { name: "Limit", figure: true, cell: (each) => (each.limit_price === null ? "at indicative" : <Price of={each.limit_price} />) },
                { name: "Indicative", figure: true, cell: (each) => (each.indicative === null ? "none" : <Price of={each.indicative} />) },
                { name: "Tokens", figure: true, cell: (each) => <Tokens of={each.quantity} /> },
                { name: "Requests", figure: true, wide: true, cell: (each) => each.requests },
              ]}
            />
            {!complete && <p class="hint">There are more than fit here: ask the API for those of one reference.</p>}
          </>
        )}
      </Load>
    </Section>
  );
}

function kindText(level: Level): string {
  return level.kind === "point" ? "one day" : `mean of ${level.averaging_days} days`;
}
