// All terms of a forward, who stands on its sides, and the digests to compare.
import type { Loaded } from "../../api/use.ts";
import { facts } from "../../facts.ts";
import { parseMoney } from "../../money.ts";
import { feeOf, worstCase } from "../../chain/payoff.ts";
import { Columns, Section } from "../../parts/page.tsx";
import { Address, Amount, Copy, Day, Digest, Facts, Price, Time, Tokens } from "../../parts/show.tsx";
import { figuresOf, type Position } from "../positions/part.ts";
import type { Confirmation } from "./paper.ts";
import { DAY } from "../../time.ts";

export function Terms(props: { of: Position; confirmation: Loaded<Confirmation> }) {
  const { of } = props;
  const { data, problem } = props.confirmation;
  const figures = figuresOf(of);
  const first = of.maturity - (of.averaging_days - 1) * DAY;
  return (
    <Columns>
      <Section title="Terms">
        <Facts items={[
          ["Reference", of.underlying, "the published price, standard tier, uncached text, without tax"],
          ["Your side", of.side, of.entered ? <>entered by novation, <code class="wrap">{of.entered}</code></> : "from the booking on"],
          ["Quantity N", <><Tokens of={of.quantity} /> tokens</>, `${of.quantity.toLocaleString("en")} Mtok`],
          ["Agreed price F", <Price of={of.price} unit />],
          ["Spot S0", <Price of={of.spot} unit />, "the fixing of the day of booking"],
          ["Indicative price", <Price of={of.indicative} unit />, "the base of the fee"],
          ["Prefunding B = S0 × N", <Amount of={of.prefunding} />, "locked by each side; no margin calls"],
          of.entered === null && ["Your share of the fee", <Amount of={feeOf(of.side, figures)} />, "paid at booking"],
          of.entered === null && of.left === null && ["The most you could lose", <Amount of={worstCase(of.side, figures)} />, "fee included"],
          ["Maturity", <Time at={of.maturity} />],
          ["Settles on", of.averaging_days === 1 ? <>the fixing of <Day of={of.maturity} /></> : <>the mean of {of.averaging_days} days, <Day of={first} /> to <Day of={of.maturity} /></>],
        ]} />
      </Section>
      <div>
      <Section title="Sides">
        <Facts items={(["long", "short"] as const).map((side) => {
          const now = data?.parties[`${side}_now`];
          const name = now?.account === of[side] ? now?.name : undefined;
          return [`The ${side}${side === of.side && of.left === null ? ", you" : ""}`, <Address of={of[side]} whole />, name ? <bdi class="name">{name}</bdi> : data ? "no legal name on file" : undefined] as const;
        })} />
        {data && (
          <ul class="approvals">
            {data.signed.approvals.map((each) => (
              <li key={each.role}>The {each.role} approved{each.at !== null && <> <Time at={each.at} inline /></>}: <span class="quiet">{each.method}</span></li>
            ))}
          </ul>
        )}
        {problem?.slug === "not-found" && <p class="hint">This desk does not hold the terms: they were agreed elsewhere. What stands here is the escrow's own record.</p>}
      </Section>
      <Section title="On the chain" note={`Chain ${facts().chainId}`}>
        <Digest label="The forward's id: the digest that both sides signed" of={of.id} />
        {data && <Digest label="Message hash" of={data.signed.message_hash} />}
        {data && <Digest label="Domain separator" of={data.signed.domain_separator} />}
        <Facts items={[
          ["Booked by", <span class="hash"><code class="wrap">{of.tx_hash}</code><Copy text={of.tx_hash} what="transaction" /></span>, `block ${of.block.toLocaleString("en")}, ${of.is_final ? "final" : "not final yet"}`],
          ["Escrow", <Address of={facts().escrow} whole />],
          parseMoney(of.prefunding) > 0n && ["Locked by both", <Amount of={2n * parseMoney(of.prefunding)} />, of.status === "active" ? "held by the escrow" : "paid out"],
        ]} />
      </Section>
      </div>
    </Columns>
  );
}
