// Open requests, and for the chosen one the reason for which each other one of its underlying does not fit.
import { type Loaded, useGet } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";
import { Section } from "../../parts/page.tsx";
import { Day, Price, Tag, Time, Tokens } from "../../parts/show.tsx";
import { Load, State } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { setQuery, usePlace } from "../../router.ts";
import { tenorOf } from "../request/words.ts";
import { Author } from "./author.tsx";
import { type Asked, titleOf } from "./words.ts";

export function Open(props: { of: Loaded<Schema<"OperatorRequestPage">> }) {
  const wanted = usePlace().query.get("request");
  return (
    <Section title="Open requests" note="Choose one to see why others do not fit it">
      <Load of={props.of} lines={4}>
        {({ items }) => {
          const chosen = items.find((each) => each.id === wanted);
          return (
            <>
              <Rows items={items} chosen={chosen} />
              {chosen && <Reasons of={chosen} />}
            </>
          );
        }}
      </Load>
    </Section>
  );
}

function Rows(props: { items: readonly Asked[]; chosen: Asked | undefined }) {
  const { items, chosen } = props;
  return (
    <Table
      caption="Open requests, newest first"
      rows={items}
      rowKey={(each) => each.id}
      chosen={(each) => each === chosen}
      most={20}
      empty={<State kind="empty" title="No request is open." next="What you check stands here until it is matched, taken back or over." />}
      columns={[
        {
          name: "Request",
          head: true,
          cell: (each) => (
            <button type="button" class="choose request-name" aria-pressed={each === chosen} onClick={() => setQuery("request", each === chosen ? undefined : each.id)}>{titleOf(each)}</button>
          ),
        },
        { name: "Author", cell: (each) => <Author of={each} /> },
        { name: "Tokens", figure: true, cell: (each) => <Tokens of={each.quantity} /> },
        { name: "Maturity", cell: (each) => <span class="amount">{tenorOf(each)}</span> },
        { name: "Limit", figure: true, cell: (each) => each.limit_price === null ? "at indicative" : <Price of={each.limit_price} /> },
        { name: "Valid until", wide: true, cell: (each) => <Time at={each.valid_until} /> },
      ]}
    />
  );
}

function Reasons(props: { of: Asked }) {
  const found = useGet("/api/operator/requests/{id}/no-matches", { path: { id: props.of.id }, query: { limit: 100 }, every: 15 });
  return (
    <div class="reasons">
      <h3>{titleOf(props.of)}, <Tokens of={props.of.quantity} /> tokens, against each other open request</h3>
      <Load of={found} lines={4}>
        {({ items, left_off }) => (
          <>
            <Table
              caption={`Why the others do not fit ${titleOf(props.of)}`}
              rows={items}
              rowKey={(each) => each.request.id}
              empty={<State kind="empty" title="No other request of this underlying is open." next="It waits for another participant." />}
              columns={[
                { name: "Other request", head: true, cell: ({ request }) => <>{request.side === "long" ? "Long" : "Short"}, <Day of={request.maturity} /></> },
                { name: "Tokens", figure: true, cell: ({ request }) => <Tokens of={request.quantity} /> },
                { name: "Limit today", figure: true, cell: ({ request }) => request.limit === null ? "none" : <Price of={request.limit} /> },
                { name: "Averages", cell: ({ request }) => request.averaging_days === 1 ? "one day" : `${request.averaging_days} days` },
                { name: "Why they do not fit", cell: ({ reason }) => reason === null ? <Tag tone="good">they fit</Tag> : <span class="wrap">{reason}</span> },
              ]}
            />
            {left_off > 0 && <p class="hint">{left_off} more are left off.</p>}
          </>
        )}
      </Load>
    </div>
  );
}
