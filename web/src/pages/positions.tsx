// All positions of an account: what is locked, what it is worth, when it ends.
import { useGet } from "../api/use.ts";
import { ButtonLink } from "../parts/button.tsx";
import { Choice } from "../parts/form.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Load, Room, State } from "../parts/state.tsx";
import { setQuery, usePlace } from "../router.ts";
import { isKnown, useFunds } from "./funds/read.ts";
import { Ladder } from "./positions/ladder.tsx";
import { Money } from "./positions/money.tsx";
import { isOpen, type Position } from "./positions/part.ts";
import { Ended, Open } from "./positions/tables.tsx";

/** Seconds between two looks: the chain's pace. */
const every = 15;

export function PositionsPage() {
  const positions = useGet("/api/positions", { every });
  const funds = useFunds();
  const { query } = usePlace();
  const shown = query.get("show") === "ended" ? "ended" : "open";
  const items = positions.data?.items ?? [];
  const open = items.filter(isOpen);
  const ended = items.filter((each) => !isOpen(each));
  return (
    <Page title="Positions" lead="Your booked forwards, by the escrow's own records, whoever booked them."
      aside={<ButtonLink kind="plain" href="/documents">Documents and ledger</ButtonLink>}>
      {!isKnown(funds) || !isKnown(positions) ? <><Room lines={3} /><Room lines={0} tall /><Room lines={0} tall /></> : <>
      <Money positions={positions.data?.items} funds={funds} linked />
      <Section title="Forwards" note={positions.data && <span>{open.length} open, {ended.length} ended</span>}>
        <Load of={positions} lines={6}>
          {() => items.length === 0 ? <None /> : (
            <>
              <div class="chart-choice">
                <Choice small label="Which" value={shown} onChange={(found) => setQuery("show", found === "open" ? undefined : found)}
                  options={[{ value: "open", name: "Open" }, { value: "ended", name: "Ended" }]} />
              </div>
              {shown === "open" ? <Open items={open} /> : <Ended items={ended} />}
            </>
          )}
        </Load>
      </Section>
      {shown === "open" && <ByMaturity items={open} />}
      </>}
    </Page>
  );
}

/** The ladder says more than the table as soon as there are two dates. */
function ByMaturity(props: { items: readonly Position[] }) {
  const dates = new Set(props.items.map((each) => each.maturity));
  return dates.size < 2 ? null : <Section title="By maturity" note="What each date decides"><Ladder items={props.items} /></Section>;
}

function None() {
  return (
    <State kind="empty" title="You have no forward yet."
      next="Ask for one: the desk looks for the other side and sends both of you final terms. It stands here from its booking on, when both prefundings are locked."
      action={<ButtonLink href="/request">Ask for a forward</ButtonLink>} />
  );
}
