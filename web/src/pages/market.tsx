// The market: everything that anybody may know, from the chain's events and the open requests, as of one block.
import { useSettled } from "../api/use.ts";
import { Page, Section } from "../parts/page.tsx";
import { Load, ProblemState, Room, State } from "../parts/state.tsx";
import { setQuery, usePlace } from "../router.ts";
import { AsOf, useMarket } from "./market/as-of.tsx";
import { Gates } from "./market/gates.tsx";
import { OpenRequests } from "./market/open-requests.tsx";
import { References } from "./market/references.tsx";
import { Reference } from "./market/reference.tsx";
import { Totals, OpenInterest, Volume, Settled } from "./market/totals.tsx";

export function MarketPage() {
  const named = usePlace().query.get("underlying");
  const market = useMarket("/api/market");
  const references = useMarket("/api/market/underlyings");
  const items = references.data?.items;
  const chosen = items?.find((each) => each.name === named) ?? items?.find((each) => each.listed) ?? items?.[0];
  const curve = useMarket("/api/market/curve", chosen?.name ?? null);
  const fixings = useMarket("/api/market/fixings", chosen?.name ?? null);
  const requests = useMarket("/api/market/requests");
  const interest = useMarket("/api/market/open-interest");
  const volume = useMarket("/api/market/volume");
  const settlements = useMarket("/api/market/settlements");
  // Drawn when all of it is there: eight answers that come one by one would move each other about.
  const of = [market, references, requests, interest, volume, settlements, ...(chosen ? [curve, fixings] : [])];
  const ready = useSettled(of);
  const nothing = market.data === undefined && references.data === undefined;
  return (
    <Page
      title="Market"
      lead="Forwards on the published price of LLM output tokens, fully prefunded in USDT. All of it is read from the chain; none of it needs a sign-in."
      aside={<AsOf of={market.data?.as_of ?? references.data?.as_of} />}
    >
      {!ready ? <Room lines={16} /> : nothing && market.problem ? <ProblemState problem={market.problem} retry={market.reload} /> : (
        <>
          <Load of={market} lines={3}>{(found) => <Totals of={found} />}</Load>
          <Section title="References" note="USDT per 1M output tokens, fixed once a day by a quorum of oracle nodes">
            <Load of={references} lines={4}>
              {(found) => chosen === undefined
                ? <State kind="empty" title="No reference is listed yet." next="When the oracle lists the first one and fixes its price, it stands here with its history and its curve." />
                : <References items={found.items} chosen={chosen.name} onChoose={(name) => setQuery("underlying", name)} />}
            </Load>
          </Section>
          {chosen && <Reference name={chosen.name} curve={curve} fixings={fixings} />}
          <OpenRequests of={requests} />
          <OpenInterest of={interest} />
          <Volume of={volume} />
          <Settled of={settlements} />
          <Load of={market} lines={4}>{(found) => <Gates gates={found.gates} deployment={found.deployment} />}</Load>
        </>
      )}
    </Page>
  );
}
