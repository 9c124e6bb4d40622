// The market: everything that anybody may know, from the chain's events and the open requests, as of one block.
import { useGet } from "../api/use.ts";
import { Page, Section } from "../parts/page.tsx";
import { Load, State } from "../parts/state.tsx";
import { setQuery, usePlace } from "../router.ts";
import { AsOf, useMarket, every } from "./market/as-of.tsx";
import { Gates } from "./market/gates.tsx";
import { OpenRequests } from "./market/open-requests.tsx";
import { References } from "./market/references.tsx";
import { Reference } from "./market/reference.tsx";
import { Totals, OpenInterest, Volume, Settled } from "./market/totals.tsx";

export function MarketPage() {
  const { query } = usePlace();
  const overview = useMarket("/api/market");
  const references = useMarket("/api/market/underlyings");
  const named = query.get("underlying");
  return (
    <Page
      title="Market"
      lead="Forwards on the published price of LLM output tokens, fully prefunded in USDT. All of it is read from the chain; none of it needs a sign-in."
      aside={<AsOf of={overview.data?.as_of ?? references.data?.as_of} />}
    >
      <Load of={overview} lines={3}>{(found) => <Totals of={found} />}</Load>
      <Section title="References" note="USDT per 1M output tokens, fixed once a day by a quorum of oracle nodes">
        <Load of={references} lines={4}>
          {({ items }) => {
            const chosen = items.find((each) => each.name === named) ?? items.find((each) => each.listed) ?? items[0];
            return chosen === undefined
              ? <State kind="empty" title="No reference is listed yet." next="When the oracle lists the first one and fixes its price, it stands here with its history and curve." />
              : <References items={items} chosen={chosen.name} onChoose={(name) => setQuery("underlying", name)} />;
          }}
        </Load>
      </Section>
      <Chosen items={references.data?.items} named={named} />
      <OpenRequests />
      <OpenInterest />
      <Volume />
      <Settled />
      <Load of={overview} lines={4}>{(found) => <Gates gates={found.gates} deployment={found.deployment} />}</Load>
    </Page>
  );
}

type Items = NonNullable<ReturnType<typeof useReferences>["data"]>["items"];
const useReferences = () => useGet("/api/market/underlyings", { every });

/** Curve and history of the chosen reference; the room for them is there before one is known. */
function Chosen(props: { items: Items | undefined; named: string | null }) {
  const { items, named } = props;
  if (items?.length === 0) return null;
  const chosen = items?.find((each) => each.name === named) ?? items?.find((each) => each.listed) ?? items?.[0];
  return <Reference of={chosen} />;
}
