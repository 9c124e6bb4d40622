// What an account has on the chain, once it is known who looks and how the chain is reached.
import type { Deployment } from "../../chain/contract.ts";
import type { Request } from "../../chain/request.ts";
import type { Address as Account } from "../../chain/values.ts";
import type { Connection } from "../../chain/wallet.ts";
import { Button } from "../../parts/button.tsx";
import { Section } from "../../parts/page.tsx";
import { Amount, Figures, Time } from "../../parts/show.tsx";
import { Refused, Room, State } from "../../parts/state.tsx";
import { Progress } from "../../parts/steps.tsx";
import { Forwards } from "./forwards.tsx";
import { type Look, useHoldings } from "./look.ts";
import type { Holdings } from "./reading.ts";
import { Revoke } from "./revoke.tsx";
import type { Looker } from "./send.tsx";
import { Withdraw } from "./withdraw.tsx";

type Props = { request: Request; connection: Connection | null; deployment: Deployment; account: Account };

export function HoldingsOf(props: Props) {
  const look = useHoldings(props.request, props.deployment, props.account);
  const { holdings, problem } = look;
  return (
    <div class="holdings">
      {holdings
        ? <Shown {...props} look={look} holdings={holdings} />
        : problem
          ? <div class="section"><State kind="error" title={problem.what} next={problem.cure} action={<Button kind="plain" onClick={() => look.again(true)}>Try again</Button>} /></div>
          : <Searching of={look} />}
    </div>
  );
}

function Searching(props: { of: Look }) {
  const { progress } = props.of;
  const said = progress
    ? `Looked at ${progress.done.toLocaleString("en")} of ${progress.all.toLocaleString("en")} blocks for your forwards.`
    : "Asking the chain for your forwards.";
  return (
    <div class="searching">
      <p role="status">{said} {progress && "Some nodes answer only for few blocks at once, so this can take minutes."}</p>
      <Progress label="Blocks looked at" value={progress?.done ?? 0} of={progress?.all ?? 1} />
      <Room lines={5} />
    </div>
  );
}

function Shown(props: Props & { look: Look; holdings: Holdings }) {
  const { holdings, look, deployment, request, connection, account } = props;
  const { money, forwards, now } = holdings;
  const looker: Looker = { connection, account, contract: money.contract };
  const due = forwards.filter((each) => each.state === "due").reduce((sum, each) => sum + (each.paid?.mine ?? 0n), 0n);
  const onDone = () => look.again();
  return (
    <>
      <Section title="What is yours" note={<>As of the block of <Time at={now} inline /></>}>
        <Figures items={[
          ["To be had by settling", <Amount of={due} />, due === 0n ? "nothing is due" : "settle it below"],
          ["Free on the escrow", <Amount of={money.free} />, "withdraw it at any time"],
          ["In the wallet", <Amount of={money.wallet} />],
        ]} />
        <div class="actions"><Button kind="plain" busy={look.busy} doing="Looking" onClick={() => look.again(true)}>Look again</Button></div>
        <Refused problem={look.problem} />
      </Section>
      <Forwards items={forwards} looker={looker} deployment={deployment} onDone={onDone} />
      <Withdraw free={money.free} looker={looker} deployment={deployment} onDone={onDone} />
      <Revoke allowed={money.allowed} request={request} looker={looker} deployment={deployment} onDone={onDone} />
    </>
  );
}
