// Three ways to send something to the chain: the wallet in this browser, a file for a Safe, the command line.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Call, Deployment } from "../../chain/contract.ts";
import { batchFile } from "../../chain/safe.ts";
import type { Address } from "../../chain/values.ts";
import type { Connection } from "../../chain/wallet.ts";
import { Button } from "../../parts/button.tsx";
import { Choice } from "../../parts/form.tsx";
import { saveFile } from "../../parts/safe-file.tsx";
import { Copy } from "../../parts/show.tsx";
import { Transact } from "../../parts/transact.tsx";
import { WithWallet } from "../../parts/wallet.tsx";
import { now } from "../../time.ts";

const WAYS = [
  { value: "wallet", name: "Wallet" },
  { value: "safe", name: "Safe" },
  { value: "command", name: "Command line" },
] as const;

/** Who looks: the wallet, where one is connected, and the account that is looked at. */
export type Looker = { connection: Connection | null; account: Address; contract: boolean };

type Props = {
  looker: Looker;
  deployment: Deployment;
  /** Whether only the account itself can send it, as with a withdrawal. */
  own: boolean;
  call: Call;
  /** Names the wish in this browser: the same for the same wish. */
  intent: string;
  /** For people, such as "Settle the forward 0x12…". */
  what: string;
  /** How the button looks: what one likely came for is the primary one. */
  kind?: "primary" | "plain";
  /** On the button. */
  children: ComponentChildren;
  /** What is missing before it can be sent. */
  why?: string | undefined;
  /** For the Transaction Builder. */
  description: string;
  /** What the command line does for the same. */
  command: string;
  done: ComponentChildren;
  onDone: () => void;
};

export function Send(props: Props) {
  const { looker, own } = props;
  const held = looker.connection?.accounts[0];
  const [way, setWay] = useState<string>(looker.contract && own && held !== looker.account ? "safe" : "wallet");
  return (
    <div class="stack send">
      <Choice small label={`How do you send it: ${props.what}`} value={way} onChange={setWay} options={WAYS} />
      {way === "wallet" ? <ByWallet {...props} /> : way === "safe" ? <BySafe {...props} /> : <ByCommand {...props} />}
    </div>
  );
}

function ByWallet(props: Props) {
  const { looker, own, call, intent, what, deployment } = props;
  return (
    <WithWallet {...(own ? { account: looker.account } : {})} otherwise="Without a wallet here, take the file for a Safe or the command line.">
      {(connection) => (
        <Transact connection={connection} kind={props.kind ?? "primary"} why={props.why} done={props.done} onDone={props.onDone}
          intent={{ key: intent, what, chainId: deployment.chainId, account: connection.accounts[0], call }}>
          {props.children}
        </Transact>
      )}
    </WithWallet>
  );
}

function BySafe(props: Props) {
  const { call, what, description, deployment, intent, why } = props;
  const save = () => saveFile(`${intent.replace(/\W+/g, "-").slice(0, 24)}.json`, batchFile([call], { chainId: deployment.chainId, createdAt: now(), name: what, description }));
  return (
    <>
      <p>Load the file in Safe's Transaction Builder; the owners sign and execute it there. Compare before signing: one call to <code class="wrap">{call.to}</code>, no value. Then look again here.</p>
      <Button kind="plain" onClick={save} disabled={why !== undefined} {...(why === undefined ? {} : { why })}>Download for the Transaction Builder</Button>
    </>
  );
}

function ByCommand(props: Props) {
  return (
    <>
      <p class="command"><code>{props.command}</code><Copy text={props.command} what="command" /></p>
      <p class="hint">With the SDK installed; <code>--key-file</code> is a keystore, <code>--deployment</code> the contracts' file, <code>--rpc</code> a node.</p>
    </>
  );
}
