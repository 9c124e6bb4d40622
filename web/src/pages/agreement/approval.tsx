// Approving: by the wallet in this browser, by a Safe's owners, or on the chain; and declining.
import { useState } from "preact/hooks";
import { write as send } from "../../api/client.ts";
import { forget, useWrite } from "../../api/use.ts";
import type { Held } from "../../chain/agreement.ts";
import { approveCall, revokeCall } from "../../chain/escrow.ts";
import { worstCase } from "../../chain/payoff.ts";
import { signMessage, type Signed } from "../../chain/signing.ts";
import type { Address as Account } from "../../chain/values.ts";
import type { Connection } from "../../chain/wallet.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { Actions, Button } from "../../parts/button.tsx";
import { Dialog, More } from "../../parts/dialog.tsx";
import { Amount, Time } from "../../parts/show.tsx";
import { Refused, State } from "../../parts/state.tsx";
import { Transact } from "../../parts/transact.tsx";
import { WithWallet } from "../../parts/wallet.tsx";
import { later } from "../../parts/later.tsx";
import { needOf } from "./need.ts";
import type { SafeProps } from "./safe.tsx";
import type { Way } from "./way.tsx";
import { type Agreement, isOpen } from "./words.ts";

type Props = {
  of: Agreement;
  held: Held;
  /** Whether it can still be approved; `why` says what speaks against it. */
  live: boolean;
  why: string | undefined;
  account: Account;
  way: Way;
  reload: () => void;
};

const SafeApproval = later<SafeProps>("agreement/safe", async () => (await import("./safe.tsx")).SafeApproval);

export function Approval(props: Props) {
  const { of, held, live, account, way } = props;
  const mine = of.parties.find((each) => each.role === of.role)!;
  const changed = () => {
    forget("/api/agreements");
    forget("/api/requests");
    props.reload();
  };
  return (
    <>
      {mine.approved && (
        <State kind="done" title={mine.method === "onchain" ? "You approved it on the chain." : "You approved it by signature."}
          next={<>{mine.approved_at !== null && <Time at={mine.approved_at} inline />}. {isOpen(of) ? "You can still decline until it is sent to the chain." : ""}</>} />
      )}
      {!mine.approved && live && (
        <>
          <Summary of={of} held={held} />
          <div class="way">
            {way === "wallet"
              ? <WithWallet account={account} otherwise="A Safe approves by the other way above; the command line does it too.">{(connection) => <WalletApproval {...props} connection={connection} changed={changed} />}</WithWallet>
              : <SafeApproval of={of} held={held} account={account} changed={changed} />}
          </div>
        </>
      )}
      {!mine.approved && !live && <State kind="expired" title="There is nothing to approve any more." next={props.why ?? "What became of it, and what happens next, stands at the top of this page."} />}
      {isOpen(of) && <Decline of={of} changed={changed} approved={mine.approved} />}
      {of.state === "declined" && mine.approved && mine.method === "signature" && <Revoke of={of} held={held} account={account} />}
    </>
  );
}

/** What one agrees to, in one sentence, right above the button. */
function Summary(props: { of: Agreement; held: Held }) {
  const { message } = props.held;
  const need = needOf(props.of, message);
  return (
    <p class="said">
      {message.kind === "terms"
        ? <>With your approval <b><Amount of={need} /></b> can be collected from you once the other side approves too{props.of.parties.some((each) => each.approved) ? "" : "; until then it has an option and you do not"}. You can lose at most <b><Amount of={worstCase(props.of.role === "long" ? "long" : "short", message)} /></b>.</>
        : message.kind === "termination" ? "With all approvals the forward ends at once and both are paid. It cannot be undone."
        : need > 0n ? <>With all approvals <b><Amount of={need} /></b> are collected from you and you take the leaving side's place until maturity. It cannot be undone.</>
        : "With all approvals the place changes hands at once. It cannot be undone."}
      {" "}Approve until <Time at={props.of.deadline} inline distance />.
    </p>
  );
}

function WalletApproval(props: Props & { connection: Connection; changed: () => void }) {
  const { of, held, account, connection } = props;
  const write = useWrite();
  const [signed, setSigned] = useState<Signed>();
  const tell = (approval: string) => send("post", "/api/agreements/{id}/approve", { path: { id: of.id }, body: { approval } });
  const approve = () => void write.run(async () => {
    // Signed once: where only the desk did not answer, the same signature goes out again.
    let given = signed;
    if (!given) {
      const asked = await signMessage(connection.wallet.provider, deployment(), account, held.message);
      if (!asked.ok) return asked;
      given = asked.value;
      setSigned(given);
    }
    await tell(given.by === "chain" ? "onchain" : given.signature);
    props.changed();
    return undefined;
  });
  return (
    <>
      <p class="hint">The wallet shows the message and signs it; that costs nothing and moves no money. Compare its digest with the one above.</p>
      <Actions>
        <Button busy={write.busy} doing={signed ? "Telling the desk" : "Sign in your wallet"} onClick={approve}>{signed ? "Send the signature again" : "Sign and approve"}</Button>
      </Actions>
      <Refused problem={write.problem} />
      <More title="Approve on the chain instead">
        <p class="hint">For a wallet that signs no messages, or to have the approval seen by everybody. It costs gas and moves no money. The desk notices it by itself.</p>
        <Transact
          connection={connection}
          kind="plain"
          intent={{ key: `approve.${held.digests.id}`, what: "Approve on the chain", chainId: facts().chainId, account, call: approveCall(deployment(), held.message) }}
          done="Approved on the chain."
          onDone={() => void write.run(async () => {
            await tell("onchain");
            props.changed();
          })}
        >
          Approve on the chain
        </Transact>
      </More>
    </>
  );
}

function Decline(props: { of: Agreement; changed: () => void; approved: boolean }) {
  const { of, approved } = props;
  const [open, set] = useState(false);
  const write = useWrite();
  const decline = () => void write.run(async () => {
    await send("post", "/api/agreements/{id}/decline", { path: { id: of.id } });
    set(false);
    props.changed();
  });
  return (
    <div class="decline">
      <Button kind="danger" onClick={() => set(true)}>Decline</Button>
      <Dialog open={open} title="Decline it for good?" onClose={() => set(false)}>
        <p>Nobody can approve it any more. {of.kind === "terms" ? "Your request is open again while its validity lasts, and can be matched anew or withdrawn." : "The forward stays as it is; either side can propose anew."}</p>
        {approved && <p>You have approved it already. Your signature stays valid on the chain until the deadline even when the desk forgets it; afterwards this page offers to revoke it there.</p>}
        <Actions>
          <Button kind="danger" busy={write.busy} doing="Declining" onClick={decline}>Decline for good</Button>
          <Button kind="plain" onClick={() => set(false)}>Keep it</Button>
        </Actions>
        <Refused problem={write.problem} />
      </Dialog>
    </div>
  );
}

/** After declining what one had signed: the signature itself is made void on the chain. */
function Revoke(props: { of: Agreement; held: Held; account: Account }) {
  const { held, account } = props;
  return (
    <More title="Make your signature void on the chain as well">
      <p class="hint">Whoever holds both signatures could still have the desk's key execute it until <Time at={props.of.deadline} inline />. Revoking on the chain ends that for ever, for everybody.</p>
      <WithWallet account={account} otherwise={<>By command: <code>ifx revoke</code>.</>}>
        {(connection) => (
          <Transact connection={connection} kind="plain" done="Revoked for ever." onDone={() => undefined}
            intent={{ key: `revoke.${held.digests.id}`, what: "Revoke on the chain", chainId: facts().chainId, account, call: revokeCall(deployment(), held.message) }}>
            Revoke on the chain
          </Transact>
        )}
      </WithWallet>
    </More>
  );
}
