// One forward, from its booking to the money back.
import { useGet } from "../api/use.ts";
import { ButtonLink } from "../parts/button.tsx";
import { Columns, Page, Section } from "../parts/page.tsx";
import { later } from "../parts/later.tsx";
import { PayoffChart } from "../parts/payoff-chart.tsx";
import { Amount, Day, Figures, Price, Tokens, useNow } from "../parts/show.tsx";
import { Load, Room, State } from "../parts/state.tsx";
import type { PageProps } from "../routes.tsx";
import { useLink } from "../link.ts";
import { parseMoney } from "../money.ts";
import { DAY, showDay } from "../time.ts";
import { DocumentList } from "./documents/list.tsx";
import { isKnown, useFunds } from "./funds/read.ts";
import { type Phase, phaseOf } from "./position/life.ts";
import { Next } from "./position/next.tsx";
import { useConfirmation, useStatement } from "./position/paper.ts";
import { Marks, Reference } from "./position/price.tsx";
import { Terms } from "./position/terms.tsx";
import { Timeline } from "./position/timeline.tsx";
import { figuresOf, isOpen, paidOut, type Position } from "./positions/part.ts";
import { Standing } from "./positions/tables.tsx";

const Ending = later<{ of: Position }>("position/ending", async () => (await import("./position/ending.tsx")).Ending);

export function PositionPage(props: PageProps) {
  const id = props.params["id"]!;
  const position = useGet("/api/positions/{id}", { path: { id }, every: 10 });
  if (position.data) return <Whole of={position.data} reload={position.reload} />;
  const missing = position.problem?.slug === "not-found" || position.problem?.slug === "bad-request";
  return (
    <Page title="Position">
      {missing
        ? <State kind="empty" title="You have no forward with this id." next="It may be somebody else's, or not be booked yet: terms that wait stand in your inbox." action={<ButtonLink href="/positions">To your positions</ButtonLink>} />
        : <Load of={position} lines={8}>{() => null}</Load>}
    </Page>
  );
}

/** The days that matter: from the booking to two days after the maturity. Once it has come, the next fixing is waited for. */
function useFixings(of: Position, now: number) {
  const to = new Date((of.maturity + 2 * DAY) * 1000).toISOString().slice(0, 10);
  return useGet("/api/market/fixings", { query: { underlying: of.underlying, to, limit: 500 }, every: of.status === "active" && now >= of.maturity ? 3 : 20 });
}

function Whole(props: { of: Position; reload: () => void }) {
  const { of } = props;
  const now = useNow(10);
  const fixings = useFixings(of, now);
  const confirmation = useConfirmation(of.id);
  const statement = useStatement(of.id, of.end !== null && of.left === null);
  const funds = useFunds();
  const ended = of.end !== null && of.left === null;
  const { settled } = useLink();
  const title = `${of.underlying}, ${showDay(of.maturity)}`;
  // All at once, so that nothing moves under the reader's eyes.
  if (!settled || ![fixings, confirmation, funds, ...(ended ? [statement] : [])].every(isKnown)) {
    return <Page title={title} lead="&nbsp;"><Room lines={4} /><Room lines={0} tall /><Room lines={0} tall /></Page>;
  }
  const posted = fixings.data?.items;
  const phase = posted ? phaseOf(of, posted, Math.max(now, fixings.data?.as_of.time ?? 0)) : undefined;
  const changed = () => {
    props.reload();
    funds.reload();
  };
  const common = { of, posted, confirmation: confirmation.data, statement: statement.data };
  return (
    <Page title={title} aside={<Standing of={of} now={now} />} lead={<Lead of={of} names={confirmation.data?.parties} />}>
      <Head of={of} phase={phase} />
      <Section title={of.end ? "How it ended" : "What happens next"}>
        {phase ? <Next of={of} phase={phase} statement={statement.data} funds={funds} onChange={changed} /> : <Load of={fixings}>{() => null}</Load>}
      </Section>
      {!of.left && (
        <Section title="What it pays" note="By settlement price">
          <PayoffChart side={of.side} figures={figuresOf(of)} underlying={of.underlying} {...markedPrice(of, phase)} />
        </Section>
      )}
      {posted && <Reference of={of} posted={posted} now={now} />}
      {posted && <Marks of={of} posted={posted} until={statement.data?.ended_at ?? of.maturity} />}
      {phase?.name === "running" && <Ending of={of} />}
      <Columns>
        <Section title="From booking to money back"><Timeline {...common} phase={phase} funds={funds.data} now={now} /></Section>
        <Section title="Documents"><DocumentList key={`${of.status}${of.left ?? ""}`} of={of} /></Section>
      </Columns>
      <Terms of={of} confirmation={confirmation} />
    </Page>
  );
}
function Lead(props: { of: Position; names: Record<"long_now" | "short_now", { account: string; name: string | null }> | undefined }) {
  const { of, names } = props;
  const other = of.side === "long" ? names?.short_now : names?.long_now;
  return (
    <>
      {of.left ? "You were" : "You are"} {of.side} <Tokens of={of.quantity} /> tokens at <Price of={of.price} unit />.{!of.left && (of.side === "long" ? " You gain when the price rises." : " You gain when the price falls.")}
      {other?.name && <> The other side: <bdi class="name">{other.name}</bdi></>}
    </>
  );
}

function Head(props: { of: Position; phase: Phase | undefined }) {
  const { of, phase } = props;
  const paid = paidOut(of);
  const locked = <Amount of={of.prefunding} />;
  if (of.end && paid !== undefined) {
    return (
      <Figures items={[
        ["You had locked", locked, "your prefunding"],
        [of.end.kind === "settled" ? "Settlement price" : "Agreed end price", <Price of={of.end.price} />, <>agreed at booking: <Price of={of.price} /></>],
        ["Your result", <Amount of={paid - parseMoney(of.prefunding)} signed />, "before your share of the fee"],
        ["Came back to you", <Amount of={paid} />, "to your free balance on the escrow"],
      ]} />
    );
  }
  if (!isOpen(of)) return <Figures items={[["Prefunding of the side", locked, "it stayed where it is"], ["Agreed", <Price of={of.price} />], ["Maturity", <Day of={of.maturity} />]]} />;
  return (
    <Figures items={[
      ["Locked by you", locked, "the other side locked as much"],
      ["Worth at the newest fixing", of.mark ? <Amount of={of.mark.payout} /> : "–", of.mark ? <>fixing of {showDay(of.mark.day)}: <Price of={of.mark.price} /></> : "there is no fixing yet"],
      ["Gain so far", of.mark ? <Amount of={of.mark.gain} signed /> : "–", "before your share of the fee"],
      phase?.name === "due" ? ["Settlement price", <Price of={phase.price} />, "certain; anybody can settle it"] : ["Maturity", <Day of={of.maturity} />, of.averaging_days === 1 ? "the fixing of that day decides" : `the mean of ${of.averaging_days} days decides`],
    ]} />
  );
}

/** The price that the payoff chart marks: what settled it, what will, or the newest fixing. */
function markedPrice(of: Position, phase: Phase | undefined): { now?: { price: bigint; name: string } } {
  if (of.end && of.left === null) return { now: { price: parseMoney(of.end.price), name: of.end.kind === "settled" ? "the settlement price" : "the agreed end price" } };
  if (phase?.name === "due") return { now: { price: phase.price, name: "the settlement price" } };
  return of.mark ? { now: { price: parseMoney(of.mark.price), name: `the fixing of ${showDay(of.mark.day)}` } } : {};
}
