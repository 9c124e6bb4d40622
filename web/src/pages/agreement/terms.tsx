// Final terms in money, for one side: all of it computed here from the message that is signed.
import { bestCase, breakEven, feeOf, needed, prefunding, type Side, worstCase } from "../../chain/payoff.ts";
import type { Terms } from "../../chain/typed-data.ts";
import { showMoney } from "../../money.ts";
import { More, Notice } from "../../parts/dialog.tsx";
import { Columns, Section } from "../../parts/page.tsx";
import { PayoffChart } from "../../parts/payoff-chart.tsx";
import { Amount, Day, Facts, Figures, Price, Time, Tokens } from "../../parts/show.tsx";
import { DAY, showDay } from "../../time.ts";
import type { Agreement } from "./words.ts";

export function TermsMeaning(props: { of: Agreement; terms: Terms }) {
  const { of, terms } = props;
  const side: Side = of.role === "long" ? "long" : "short";
  return (
    <>
      <Section title="What it means for you" note={`You are the ${side}: ${side === "long" ? "you receive when the price rises, and pay when it falls" : "you receive when the price falls, and pay when it rises"}`}>
        <Figures items={[
          ["You can lose at most", <Amount of={worstCase(side, terms)} />, "your fee included"],
          ["You can gain at most", <Amount of={bestCase(side, terms)} />, "your fee taken off"],
          ["Booking collects", <Amount of={needed(side, terms)} />, "prefunding and fee, at once"],
        ]} />
      </Section>
      <Columns>
        <Section title="Terms"><TermsFacts terms={terms} side={side} /></Section>
        <Section title="Your result" note="By settlement price"><PayoffChart side={side} figures={terms} underlying={terms.underlying} /></Section>
      </Columns>
      <Section title="Before you approve">
        <Warnings terms={terms} />
        <Disruption terms={terms} />
      </Section>
    </>
  );
}

function TermsFacts(props: { terms: Terms; side: Side }) {
  const { terms, side } = props;
  const even = breakEven(side, terms);
  return (
    <Facts items={[
      ["Underlying", <span class="wrap">{terms.underlying}</span>, "USD per 1M output tokens, as the provider publishes it"],
      ["Quantity", <><Tokens of={terms.quantity} /> tokens</>],
      ["Agreed price", <Price of={terms.price} unit />],
      ["Spot", <Price of={terms.spot} />, "the fixing of the day, on which it is booked or not at all"],
      ["Break-even", even ? <Price of={even.settlement} /> : "none", "where your result is 0 after your fee"],
      ["Settles on", <SettlesOn terms={terms} />],
      ["Maturity", <Time at={Number(terms.maturity)} />],
      ["Prefunding", <Amount of={prefunding(terms)} />, "locked by each side until it is settled; no margin calls"],
      ["Your fee", <Amount of={feeOf(side, terms)} />, `half of 1% of ${showMoney(terms.indicative)}, the indicative price, times the quantity`],
      ["Approve until", <Time at={Number(terms.deadline)} />],
    ]} />
  );
}

function SettlesOn(props: { terms: Terms }) {
  const { averaging_days, maturity } = props.terms;
  if (averaging_days === 1n) return <>the fixing of <Day of={Number(maturity)} /></>;
  const first = Number(maturity) - (Number(averaging_days) - 1) * DAY;
  return <>the mean of {String(averaging_days)} daily fixings, <Day of={first} /> to <Day of={Number(maturity)} /></>;
}

/** The same words beside a request, where nothing is agreed yet. */
export function BasisWarning() {
  return (
    <Notice title="A list price is not what you pay">
      <p>It settles on the published list price. What you pay or earn may move differently: discounts, cached input and another mix of models are not in it.</p>
    </Notice>
  );
}

/** For a forward that settles on one day. */
export function EveningWarning() {
  return (
    <Notice tone="wait" title="One evening decides">
      <p>It settles on one evening's fixing: a promotion of an hour on that evening counts in full. A forward that averages over 5 days or more is offered against that.</p>
    </Notice>
  );
}

function Warnings(props: { terms: Terms }) {
  return (
    <div class="notices">
      <BasisWarning />
      {props.terms.averaging_days === 1n && <EveningWarning />}
      <Notice title="Good for today's fixing">
        <p>It can be booked while the day's fixing is {showMoney(props.terms.spot)}. A day that fixes another price ends it; new terms then need new approvals.</p>
      </Notice>
    </div>
  );
}

function Disruption(props: { terms: Terms }) {
  const day = showDay(Number(props.terms.maturity));
  return (
    <More title="How the price is found, and what happens if it cannot be">
      <div class="prose">
        <p>Several oracle nodes read the provider's page every 5 minutes in the hour before 00:00 UTC, and each takes its median. The fixing is the one price that a quorum of them signed (at least two thirds and one); it is posted on its own day and nobody can change it afterwards.</p>
        <p>A day without a fixing takes the first one of the next two days, else the newest earlier one. So the price for {day} is certain at the latest three days after it began; nobody decides, and there is always one. A model that is retired keeps its newest fixing.</p>
        <p>From then on anybody can settle it with one transaction, and each side withdraws what it is owed. Neither this desk nor the other side is needed, and nobody can stop it. 1 USD is 1 USDT by definition: a depeg is not covered.</p>
      </div>
    </More>
  );
}
