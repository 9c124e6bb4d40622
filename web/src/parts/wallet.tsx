// What a wallet lacks before it can be asked: it is absent, not connected, another account's, or on another chain. Each
// of them with the way on; then `children` get the wallet.
import type { ComponentChildren } from "preact";
import { useWrite } from "../api/use.ts";
import type { Connection } from "../chain/wallet.ts";
import { facts } from "../facts.ts";
import { connectTo, goToChain, useLink } from "../link.ts";
import { Button } from "./button.tsx";
import { Address } from "./show.tsx";
import { Refused, Room, State } from "./state.tsx";

type Props = {
  /** Whose wallet it must be, checksummed; without it anybody's will do. */
  account?: string;
  /** What goes on without a wallet in this browser, such as a Safe's file. */
  otherwise: ComponentChildren;
  children: (connection: Connection) => ComponentChildren;
};

export function WithWallet(props: Props) {
  const { wallets, connection, settled } = useLink();
  const write = useWrite();
  const { chainId, network } = facts();
  if (!connection && !settled) return <Room lines={2} />;
  if (!connection) {
    return wallets.length === 0
      ? <State kind="empty" title="No wallet was found in this browser." next={<>Unlock or install one and it appears here by itself. {props.otherwise}</>} />
      : (
        <div class="stack">
          <p>Connect the wallet that is to send it. It opens; nothing is signed or sent yet.</p>
          <div class="button-place">
            {wallets.map((each) => <Button key={each.id} kind="plain" busy={write.busy} doing="Look at your wallet" onClick={() => void write.run(() => connectTo(each))}>Connect {each.name}</Button>)}
          </div>
          <Refused problem={write.problem} />
          <p class="hint">{props.otherwise}</p>
        </div>
      );
  }
  const [held] = connection.accounts;
  if (props.account && held !== props.account) {
    return (
      <div class="stack">
        <State kind="expired" title="Your wallet is on another account." next={<>It is on <Address of={held} />; this is for <Address of={props.account} />, who is signed in. Choose that account in the wallet, and this page goes on by itself. {props.otherwise}</>}
          action={<Button kind="plain" busy={write.busy} doing="Look at your wallet" onClick={() => void write.run(() => connectTo(connection.wallet))}>Ask the wallet again</Button>} />
        <Refused problem={write.problem} />
      </div>
    );
  }
  if (connection.chainId !== chainId) {
    return (
      <div class="stack">
        <State kind="expired" title="Your wallet is on another chain." next={`It is on chain ${connection.chainId}; the contracts are on chain ${chainId} (${network}).`}
          action={<Button busy={write.busy} doing="Look at your wallet" onClick={() => void write.run(() => goToChain())}>Switch to chain {chainId}</Button>} />
        <Refused problem={write.problem} />
      </div>
    );
  }
  return <>{props.children(connection)}</>;
}
