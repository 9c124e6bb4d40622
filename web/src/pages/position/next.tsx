// What happens next with a forward, and the one thing that can be done about it now.
import type { Schema } from "../../api/types.ts";
import type { Loaded } from "../../api/use.ts";
import { settleCall } from "../../chain/escrow.ts";
import { payout } from "../../chain/payoff.ts";
import { readHash } from "../../chain/values.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { parseMoney } from "../../money.ts";
import { ButtonLink } from "../../parts/button.tsx";
import { More } from "../../parts/dialog.tsx";
import { Amount, Copy, Day, Price, Time } from "../../parts/show.tsx";
import { State } from "../../parts/state.tsx";
import { Transact } from "../../parts/transact.tsx";
import { Ways } from "./ways.tsx";
import { DAY, showDay } from "../../time.ts";
import { figuresOf, paidOut, type Position } from "../positions/part.ts";
import { certainAt, type Phase } from "./life.ts";
import type { Statement } from "./paper.ts";
import { Result } from "./result.tsx";

type Funds = Loaded<Schema<"FundsOut">>;
type Props = { of: Position; phase: Phase; statement: Statement | undefined; funds: Funds; onChange: () => void };

export function Next(props: Props) {
  const { of, phase } = props;
  switch (phase.name) {
    case "left":
      return <State kind="done" title="You handed this forward on." next={<>Another party stands in your place since the transaction <code class="wrap">{of.left}</code>. Nothing is asked of you any more; what it paid you, if anything, is in your free balance.</>} action={<ButtonLink kind="plain" href="/funds">To your money</ButtonLink>} />;
    case "running":
      return <State kind="waiting" title={<>It matures <Time at={of.maturity} inline distance />.</>} next={running(of)} />;
    case "waiting":
      return <Waiting of={of} today={phase.today} />;
    case "due":
      return <Settle {...props} price={phase.price} />;
    case "settled":
    case "terminated":
      return (
        <>
          <Result of={of} statement={props.statement} />
          <Back of={of} funds={props.funds} />
          <Verify of={of} />
        </>
      );
  }
}

function running(of: Position): string {
  const average = of.averaging_days > 1;
  return `Nothing is asked of you until then. ${average
    ? `Its price is the mean of the ${of.averaging_days} daily fixings that end with ${showDay(of.maturity)}.`
    : `The fixing of ${showDay(of.maturity)} alone decides: a promotion on that one evening would count.`} It is posted within the hour after 00:00 UTC, and from then on anybody can settle it. Nobody can stop that.`;
}

function Waiting(props: { of: Position; today: boolean }) {
  const { of, today } = props;
  const last = certainAt(of.maturity);
  return (
    <State kind="waiting"
      title={today ? <>The fixing of {showDay(of.maturity)} is not posted yet.</> : <>{showDay(of.maturity)} has no fixing: the oracle was disrupted.</>}
      next={today
        ? <>It is usually there within the hour after 00:00 UTC, and can be posted until the day ends. If it stays away, the first fixing of the next two days takes its place, else the newest earlier one: certain <Time at={last} inline distance /> at the latest. Nobody decides, and your money waits in the escrow.</>
        : <>It takes the first fixing of {showDay(of.maturity + DAY)} and {showDay(of.maturity + 2 * DAY)}; if neither is posted, the newest earlier one. The price is certain <Time at={last} inline distance /> at the latest, and the forward can be settled then. Nobody gains a way out.</>} />
  );
}

function Settle(props: Props & { price: bigint }) {
  const { of, price } = props;
  const id = readHash(of.id);
  const call = settleCall(deployment(), id);
  const paid = payout(of.side, figuresOf(of), price);
  return (
    <div class="stack">
      <State kind="done" title={<>It can be settled now, at <Price of={price} unit />.</>}
        next={<>You get <b><Amount of={paid} /></b> of the <Amount of={of.prefunding} /> that you locked, to your free balance on the escrow. Anybody may send the transaction: you, the other side, or someone else; the price is the same for all and does not change any more.</>} />
      <Ways contract={props.funds.data?.is_contract ?? false} otherwise={<>From the command line: <code class="wrap">ifx settle {of.id}</code></>}
        file={{ calls: [call], name: `Settle ${id.slice(0, 10)}`, description: `Settles forward ${id} at its settlement price. Pays both sides' free balances.`, file: `settle-${id.slice(2, 10)}` }}>
        {(connection) => (
          <Transact connection={connection} onDone={props.onChange} done="Settled."
            intent={{ key: `settle.${id}`, what: `Settle the forward ${id.slice(0, 10)}`, chainId: facts().chainId, account: connection.accounts[0], call }}>
            Settle
          </Transact>
        )}
      </Ways>
    </div>
  );
}

/** What came back, and the way home. */
function Back(props: { of: Position; funds: Funds }) {
  const paid = paidOut(props.of) ?? 0n;
  const free = props.funds.data === undefined ? undefined : parseMoney(props.funds.data.free);
  if (free === undefined) return null;
  return free === 0n
    ? <State kind="done" title="Your free balance on the escrow is empty." next={<>The <Amount of={paid} /> of this forward, and all that was free besides, are out of the escrow. Deposits and withdrawals stand in your ledger.</>} action={<ButtonLink kind="plain" href="/funds">See what moved</ButtonLink>} />
    : <State kind="waiting" title={<><Amount of={free} /> are free on the escrow.</>} next="Withdraw all of it or a part at any time, to your wallet or another address. Nobody else can." action={<ButtonLink href="/funds">Withdraw</ButtonLink>} />;
}

function Verify(props: { of: Position }) {
  const command = `ifx verify ${props.of.id}`;
  return (
    <More title="Verify this yourself">
      <p>With the SDK and a node of your own, and without this desk, one command goes back from the payout to the terms, the approvals, the fixings, the nodes' signatures and the raw pages that they read, and computes every step again:</p>
      <p class="command"><code>{command}</code><Copy text={command} what="command" /></p>
      <p class="hint">It needs <code>--rpc</code> with a node of chain {facts().chainId}, and <code>--deployment</code> with the contracts' file. It exits with 0 only where every step holds. <Day of={props.of.maturity} /> is the day that decided.</p>
    </More>
  );
}
