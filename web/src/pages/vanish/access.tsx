// How the chain is reached, by the wallet or by an endpoint that only looks, and whose forwards are looked for.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useWrite } from "../../api/use.ts";
import type { Deployment } from "../../chain/contract.ts";
import { attempt } from "../../chain/problem.ts";
import { remembered } from "../../chain/keep.ts";
import type { Request } from "../../chain/request.ts";
import { overHttp, readEndpoint } from "../../chain/rpc.ts";
import { type Address as Account, readAddress } from "../../chain/values.ts";
import { useLink } from "../../link.ts";
import { Button } from "../../parts/button.tsx";
import { More } from "../../parts/dialog.tsx";
import { Choice, TextField } from "../../parts/form.tsx";
import { Section } from "../../parts/page.tsx";
import { Address } from "../../parts/show.tsx";
import { Refused } from "../../parts/state.tsx";
import { WithWallet } from "../../parts/wallet.tsx";
import { HoldingsOf } from "./holdings.tsx";
import { holdDeployment } from "./reading.ts";
import { writeDown, written } from "./where.ts";

/** `endpoints`: whether this page may ask endpoints at all; the desk's own policy lets it ask the desk alone. */
type Props = { deployment: Deployment; endpoints: boolean };

const WAYS = [{ value: "wallet", name: "By my wallet" }, { value: "endpoint", name: "By an endpoint, to look" }];

export function Access(props: Props) {
  const { deployment, endpoints } = props;
  const [way, setWay] = useState(endpoints && written("way") === "endpoint" ? "endpoint" : "wallet");
  const choose = (found: string) => {
    setWay(found);
    writeDown("way", found);
  };
  const choice = endpoints && <Choice label="How do you reach the chain?" value={way} onChange={choose} options={WAYS} />;
  return way === "wallet" ? <ByWallet deployment={deployment} endpoints={endpoints} choice={choice} /> : <ByEndpoint deployment={deployment} choice={choice} />;
}

function ByWallet(props: Props & { choice: ComponentChildren }) {
  const { deployment } = props;
  const { connection } = useLink();
  const [other, look] = useState<Account>();
  // Whoever was here before is known again in a moment: what is below leaves the room.
  const before = remembered("wallet") !== undefined;
  const held = connection?.chainId === deployment.chainId ? connection.accounts[0] : undefined;
  const account = other ?? held;
  return (
    <>
      <Section title="Your account">
        <div class="stack access">
          {props.choice}
          <WithWallet otherwise={<Otherwise endpoints={props.endpoints} />}>
            {() => (
              <>
                <p>Wallet: <Address of={held!} /></p>
                {other && <p>You look at: <Address of={other} /></p>}
                <More title="Look at another account, such as your Safe"><Another now={other} onChange={look} /></More>
              </>
            )}
          </WithWallet>
        </div>
      </Section>
      {connection && held && account
        ? <HoldingsOf key={account} request={connection.wallet.provider.request} connection={connection} deployment={deployment} account={account} />
        : !connection && before && <div class="holdings" />}
    </>
  );
}

function Otherwise(props: { endpoints: boolean }) {
  if (!props.endpoints) return <>Without one, download this page: the file also takes the URL of a chain endpoint, to look only.</>;
  return location.protocol === "file:"
    ? <>Many wallets see files only where their settings allow it (in Chrome: the extension's details, “Allow access to file URLs”). Or choose the chain endpoint above, look with it, and send with a Safe or the command line.</>
    : <>Or choose the chain endpoint above, look with it, and send with a Safe or the command line.</>;
}

function Another(props: { now: Account | undefined; onChange: (account: Account | undefined) => void }) {
  const [typed, type] = useState<string>(props.now ?? "");
  const write = useWrite();
  const look = () => void write.run(() => attempt(async () => props.onChange(typed.trim() === "" ? undefined : readAddress(typed.trim(), "account"))));
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); look(); }}>
      <TextField label="Account" value={typed} onInput={type} figure maxLength={42} placeholder="0x…" hint="Empty: the wallet's own. Settling is anybody's; to withdraw, a Safe's owners take the file for the Transaction Builder." />
      <Button type="submit" kind="plain">Look at it</Button>
      <Refused problem={write.problem} />
    </form>
  );
}

type Looking = { request: Request; account: Account };

function ByEndpoint(props: { deployment: Deployment; choice: ComponentChildren }) {
  const { deployment } = props;
  const [url, setUrl] = useState(written("endpoint"));
  const [typed, type] = useState(written("account"));
  const [looking, look] = useState<Looking>();
  const write = useWrite();
  const begin = () => void write.run(() => attempt(async () => {
    look(undefined);
    const request = overHttp(readEndpoint(url));
    const account = readAddress(typed.trim(), "account");
    await holdDeployment(request, deployment);
    writeDown("endpoint", url.trim());
    writeDown("account", account);
    look({ request, account });
  }));
  return (
    <>
      <Section title="Your account">
        <form class="stack" onSubmit={(event) => { event.preventDefault(); begin(); }}>
          {props.choice}
          <TextField label={`Endpoint of chain ${deployment.chainId}`} value={url} onInput={setUrl} inputMode="url" placeholder="https://…" hint="Your own node's, or any provider's. It learns which account you look at; nothing else leaves this page. It is kept in this browser." />
          <TextField label="Account" value={typed} onInput={type} figure maxLength={42} placeholder="0x…" hint="The one that approved the terms: for a Safe, the Safe's own." />
          <Button type="submit" busy={write.busy} doing="Asking the endpoint">Look</Button>
          <Refused problem={write.problem} />
        </form>
      </Section>
      {looking && <HoldingsOf key={looking.account} request={looking.request} connection={null} deployment={deployment} account={looking.account} />}
    </>
  );
}
