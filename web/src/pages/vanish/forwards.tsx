// The account's forwards: where each stands, what it pays, and the settlement where one is due.
import { useState } from "preact/hooks";
import type { Deployment } from "../../chain/contract.ts";
import { settleCall, settleManyCall } from "../../chain/escrow.ts";
import { prefunding } from "../../chain/payoff.ts";
import { Section } from "../../parts/page.tsx";
import { Address, Amount, Copy, Day, Facts, Price, shortened, Tag, Time, Tokens } from "../../parts/show.tsx";
import { State } from "../../parts/state.tsx";
import { Button } from "../../parts/button.tsx";
import { DAY } from "../../time.ts";
import type { Found } from "./reading.ts";
import { type Looker, Send } from "./send.tsx";

type Tone = "plain" | "good" | "wait" | "bad";

const WORDS: Readonly<Record<Found["state"], readonly [tag: string, tone: Tone]>> = {
  running: ["Running", "plain"],
  uncertain: ["Price not certain yet", "wait"],
  due: ["Can be settled", "good"],
  settled: ["Settled", "plain"],
  terminated: ["Ended early", "plain"],
  left: ["Handed on", "plain"],
};
/** One call settles so many at most. */
const AT_ONCE = 100;
/** Ended forwards that are shown at first. */
const ENDED = 5;

type Props = { items: readonly Found[]; looker: Looker; deployment: Deployment; onDone: () => void };

export function Forwards(props: Props) {
  const [whole, show] = useState(false);
  const open = props.items.filter((each) => each.state === "due" || each.state === "uncertain" || each.state === "running");
  const ended = props.items.filter((each) => !open.includes(each));
  const due = open.filter((each) => each.state === "due");
  const shown = [...due, ...open.filter((each) => each.state !== "due"), ...(whole ? ended : ended.slice(0, ENDED))];
  return (
    <Section title="Forwards" note={`${open.length} open, ${ended.length} over`}>
      {shown.length === 0 && (
        <State kind="empty" title="The escrow's events name this account in no forward." next="Look whether it is the account that approved the terms: for a Safe, its own address and not an owner's." />
      )}
      {due.length > 1 && <All {...props} due={due.slice(0, AT_ONCE)} />}
      <ul class="cards">{shown.map((each) => <One key={each.part.id} of={each} {...props} />)}</ul>
      {!whole && ended.length > ENDED && <Button kind="quiet" onClick={() => show(true)}>Show {ended.length - ENDED} more that are over</Button>}
    </Section>
  );
}

function All(props: Props & { due: readonly Found[] }) {
  const ids = props.due.map((each) => each.part.id);
  return (
    <div class="all">
      <h3>All {ids.length} that are due, in one transaction</h3>
      <Send looker={props.looker} deployment={props.deployment} own={false} call={settleManyCall(props.deployment, ids)} intent={`settle.${ids.map((id) => id.slice(2, 10)).join(".")}`}
        what={`Settle ${ids.length} forwards`} description={`Settles ${ids.length} forwards at their settlement prices.`} command={`ifx settle ${ids.join(" ")}`}
        done="Settled." onDone={props.onDone}>
        Settle all {ids.length}
      </Send>
    </div>
  );
}

function One(props: Props & { of: Found }) {
  const { of, deployment } = props;
  const { forward, part } = of;
  const [tag, tone] = WORDS[of.state];
  const side = of.side ?? part.side;
  const other = side === "long" ? forward.short : forward.long;
  return (
    <li class="card">
      <div class="item-head"><h3>{side === "long" ? "Long" : "Short"} {of.underlying}</h3><Tag tone={tone}>{tag}</Tag></div>
      <p class="said"><Says of={of} /></p>
      <Facts items={[
        ["Forward", <><code title={part.id}>{shortened(part.id)}</code><Copy text={part.id} what="the forward's id" /></>],
        ["Quantity", <><Tokens of={forward.quantity} /> tokens</>],
        ["Agreed price", <Price of={forward.price} unit />],
        of.state !== "left" && ["Other side", <Address of={other} />],
        ["Each side locked", <Amount of={prefunding(forward)} />],
        ["Matures", <Time at={Number(forward.maturity)} inline />, forward.averaging_days === 1n ? "On that day's fixing" : `On the mean of the ${forward.averaging_days} days to it`],
      ]} />
      {of.state === "due" && (
        <Send looker={props.looker} deployment={deployment} own={false} call={settleCall(deployment, part.id)} intent={`settle.${part.id}`}
          what={`Settle the forward ${shortened(part.id)}`} description={`Settles forward ${part.id} at its settlement price. Pays both sides' free balances.`}
          command={`ifx settle ${part.id}`} done="Settled." onDone={props.onDone}>
          Settle
        </Send>
      )}
    </li>
  );
}

function Says(props: { of: Found }) {
  const { of } = props;
  const { forward, paid } = of;
  const maturity = Number(forward.maturity);
  switch (of.state) {
    case "due":
      return <>Settling pays you <b><Amount of={paid!.mine} /></b>, at the settlement price of <Price of={paid!.price} />. Anybody may send it, and nobody can change the price.</>;
    case "settled":
      return paid ? <>It paid you <b><Amount of={paid.mine} /></b> at <Price of={paid.price} />, to your free balance.</> : <>It is paid out to the free balances.</>;
    case "terminated":
      return paid ? <>It was ended early at <Price of={paid.price} /> and paid you <b><Amount of={paid.mine} /></b>, to your free balance.</> : <>It was ended early and paid out to the free balances.</>;
    case "left":
      return <>Another party stands in your place. Nothing of it is yours any more; what it paid you went to your free balance.</>;
    case "uncertain":
      return <>It has matured, and the fixing of <Day of={maturity} /> is not posted. Its price is certain <Time at={maturity + 3 * DAY} inline distance /> at the latest, whoever is gone by then.{" "}<Newest of={paid} /></>;
    case "running":
      return <>It matures <Time at={maturity} inline distance />. Until then nothing is asked of you.{" "}<Newest of={paid} /></>;
  }
}

function Newest(props: { of: Found["paid"] }) {
  return props.of && <>At the newest fixing, <Price of={props.of.price} />, it would pay you <b><Amount of={props.of.mine} /></b>.</>;
}
