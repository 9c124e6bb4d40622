// What could be matched now: both requests, how the price comes about, and the confirmation that sends final terms.
import { useState } from "preact/hooks";
import { write as send } from "../../api/client.ts";
import { forget, type Loaded, useWrite } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";
import { parseMoney, value } from "../../money.ts";
import { Actions, Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Section } from "../../parts/page.tsx";
import { Address, Amount, Copy, Day, Facts, Price, shortened, Time, Tokens } from "../../parts/show.tsx";
import { Load, Refused, State } from "../../parts/state.tsx";
import { ask, useAsking } from "./open-dialog.ts";
import type { Asked, Match } from "./words.ts";

type Props = { of: Loaded<Schema<"ProposedMatches">>; open: readonly Asked[]; onChange: () => void };

export function Matches(props: Props) {
  const [sent, say] = useState<Schema<"Confirmed">>();
  const asking = useAsking("confirm");
  const chosen = props.of.data?.items.find((each) => idOf(each) === asking);
  const done = (found: Schema<"Confirmed">) => {
    say(found);
    ask();
    forget("/api/operator");
    props.onChange();
  };
  return (
    <Section title="Proposed matches" note="Computed now, on the newest fixings; the widest overlap of limits first">
      <div role="status">
        {sent && <p class="outcome">Final terms went to both sides, with the digest <code title={sent.digest}>{shortened(sent.digest)}</code><Copy text={sent.digest} what="digest" />. They can be approved until <Time at={sent.deadline} inline />.</p>}
      </div>
      <Load of={props.of} lines={6}>
        {({ items, left_off }) => items.length === 0
          ? <State kind="empty" title="No two open requests fit." next="Below stands why, for each of them. A new request or a new fixing is looked at by itself." />
          : (
            <>
              <ul class="cards">{items.map((each) => <Proposed key={idOf(each)} of={each} open={props.open} />)}</ul>
              {left_off > 0 && <p class="hint">{left_off} more are left off.</p>}
            </>
          )}
      </Load>
      <Confirm of={chosen} onDone={done} />
    </Section>
  );
}

/** Names a pair as it stands: at another price or quantity it is another question. */
function idOf(of: Match): string {
  return [of.long.id, of.short.id, of.quantity, of.price.replace(".", "_")].join(".");
}

function Proposed(props: { of: Match; open: readonly Asked[] }) {
  const { of } = props;
  return (
    <li class="card">
      <h3>{of.underlying}, <Tokens of={of.quantity} /> tokens at <Price of={of.price} /></h3>
      <Facts items={[
        ["Long", <Party of={of.long} open={props.open} />, <Asks of={of.long} most />],
        ["Short", <Party of={of.short} open={props.open} />, <Asks of={of.short} />],
        ["Price", <Price of={of.price} unit />, "The midpoint of the two limits, on the tick; where no tick lies between them, rounded down to the micro."],
        ["Their limits overlap by", <Price of={of.improvement} />],
        ["Indicative price", of.indicative === null ? "none" : <Price of={of.indicative} />, "The base of the fee."],
        ["Newest fixing", <Price of={of.spot} />],
        ["Matures", <Day of={of.long.maturity} />, of.long.averaging_days === 1 ? "On that day's fixing" : `On the mean of the ${of.long.averaging_days} days to it`],
        ["Each side locks", <Amount of={value(parseMoney(of.spot), of.quantity)} />],
      ]} />
      <Actions><Button onClick={() => ask("confirm", idOf(of))}>Send final terms<span class="unseen"> for {of.underlying} at {of.price}</span></Button></Actions>
    </li>
  );
}

function Party(props: { of: Match["long"]; open: readonly Asked[] }) {
  const name = props.open.find((each) => each.id === props.of.id)?.name;
  return <>{name && <><bdi class="name">{name}</bdi> </>}<Address of={props.of.account} /></>;
}

function Asks(props: { of: Match["long"]; most?: boolean }) {
  const { of } = props;
  return <>{props.most ? "pays at most" : "takes at least"} {of.limit === null ? "the indicative price" : <Price of={of.limit} />} for <Tokens of={of.quantity} /> tokens</>;
}

function Confirm(props: { of: Match | undefined; onDone: (found: Schema<"Confirmed">) => void }) {
  const { of } = props;
  const write = useWrite();
  const run = () => void write.run(async () => {
    const { long, short, quantity, price } = of!;
    props.onDone(await send("post", "/api/operator/matches", { body: { long: long.id, short: short.id, quantity, price } }));
  });
  const rest = of ? Math.max(of.long.quantity, of.short.quantity) - of.quantity : 0;
  return (
    <Dialog open={of !== undefined} title="Send final terms to both sides?" onClose={() => { write.clear(); ask(); }}>
      {of && (
        <>
          <p><Tokens of={of.quantity} /> tokens of {of.underlying} at <b><Price of={of.price} unit /></b>, until <Day of={of.long.maturity} />.</p>
          <p class="hint">Terms that were sent cannot be changed: each side approves or declines them before their deadline. {rest > 0 && <>The other <Tokens of={rest} /> tokens stay open as a request of their own.</>} If the price or the requests have changed meanwhile, nothing is sent.</p>
          <Actions>
            <Button busy={write.busy} doing="Sending them" onClick={run}>Send them</Button>
            <Button kind="plain" onClick={() => ask()}>Not yet</Button>
          </Actions>
          <Refused problem={write.problem} />
        </>
      )}
    </Dialog>
  );
}
