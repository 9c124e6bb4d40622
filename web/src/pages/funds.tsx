// An account's money on the escrow: what is free, in and out, and everything that moved.
import { useGet } from "../api/use.ts";
import { More } from "../parts/dialog.tsx";
import { Columns, Page, Section } from "../parts/page.tsx";
import { Amount } from "../parts/show.tsx";
import { Load, Room } from "../parts/state.tsx";
import { useLink } from "../link.ts";
import { session } from "../session.ts";
import { readAddress } from "../chain/values.ts";
import { Deposit } from "./funds/deposit.tsx";
import { Moves } from "./funds/moves.tsx";
import { isKnown, useFunds } from "./funds/read.ts";
import { Withdraw } from "./funds/withdraw.tsx";
import { Money } from "./positions/money.tsx";

export function FundsPage() {
  const funds = useFunds();
  const positions = useGet("/api/positions", { every: 15 });
  const { settled } = useLink();
  const who = session.get();
  if (who.state !== "in") return null;
  const account = readAddress(who.account);
  return (
    <Page title="Money" lead="The escrow holds what is locked in forwards and what is free. What is free is yours to withdraw at any time; neither this desk nor anybody else can keep it.">
      {!settled || !isKnown(funds) || !isKnown(positions) ? <><Room lines={3} /><Room lines={0} tall /><Room lines={0} tall /></> : <>
      <Money positions={positions.data?.items} funds={funds} />
      <Load of={funds} tall>
        {(found) => (
          <Columns>
            <Section title="Withdraw" note={<><Amount of={found.free} /> free</>}><Withdraw account={account} funds={found} onDone={funds.reload} /></Section>
            <Section title="Deposit" note={<><Amount of={found.wallet} /> in the wallet</>}>
              <p class="lead-in">Nobody has to: booking takes what is free first and the rest from your wallet's allowance. A deposit means that later bookings need no transaction of yours.</p>
              <More title="Deposit USDT"><Deposit account={account} funds={found} onDone={funds.reload} /></More>
            </Section>
          </Columns>
        )}
      </Load>
      {funds.data && <Moves version={`${funds.data.free} ${funds.data.locked}`} />}
      </>}
    </Page>
  );
}
