// A Safe acts over days: by Transaction Builder files on the chain, or by its owners' signatures (ERC-1271).
import { useState } from "preact/hooks";
import { write as send } from "../../api/client.ts";
import { useWrite } from "../../api/use.ts";
import type { Held } from "../../chain/agreement.ts";
import { approvalFile, joinOwners } from "../../chain/safe.ts";
import { allowCall } from "../../chain/usdt.ts";
import { type Address as Account, readBytes } from "../../chain/values.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { useLink } from "../../link.ts";
import { parseMoney } from "../../money.ts";
import { Button } from "../../parts/button.tsx";
import { TextArea } from "../../parts/form.tsx";
import { SafeFile, saveFile } from "../../parts/safe-file.tsx";
import { Address, Amount, Digest, Time } from "../../parts/show.tsx";
import { Load, Refused } from "../../parts/state.tsx";
import { type Step, Steps } from "../../parts/steps.tsx";
import { now } from "../../time.ts";
import { useFunds } from "../funds/read.ts";
import { Allowance } from "./allowance.tsx";
import type { Agreement } from "./words.ts";

export type SafeProps = { of: Agreement; held: Held; account: Account; changed: () => void };

export function SafeApproval(props: SafeProps) {
  const { of, held } = props;
  const download = () => saveFile(`approve-${of.id}.json`, approvalFile(deployment(), held.message, { id: of.id, digest: held.digests.id, deadline_utc: of.deadline_utc, now: now() }));
  return (
    <div class="safe">
      <p>Either way is enough, and owners may take days: it must be complete before <Time at={of.deadline} inline distance />. You can close this page meanwhile.</p>
      <h3>On the chain, by a file</h3>
      <p>Load it in Safe's Transaction Builder; owners sign and execute it as any other transaction. It holds one call, <code>approve_{of.kind}</code> of <code class="wrap">{facts().escrow}</code>, and moves no money. Once it is mined the desk notices it by itself.</p>
      <Button kind="plain" onClick={download}>Download for the Transaction Builder</Button>
      <h3>Without gas, by signatures</h3>
      <p>Each owner signs this hash, in a Safe app that signs messages or by <code>ifx sign</code>. Then paste the signatures.</p>
      <Digest label="SafeMessage hash, for the owners" of={held.digests.safe_message_hash} note={<>Of the Safe <code class="wrap">{props.account}</code> on chain {facts().chainId}.</>} />
      <OwnersSignatures {...props} />
    </div>
  );
}

function OwnersSignatures({ of, held, changed }: SafeProps) {
  const { connection, wallets } = useLink();
  const [text, setText] = useState("");
  const write = useWrite();
  // To recover owners from signatures, which is the same on every chain: any wallet's node can.
  const request = (connection?.wallet ?? wallets[0])?.provider.request;
  const give = () => void write.run(async () => {
    const approval = request
      ? (await joinOwners(request, held.digests.safe_message_hash, text)).signature
      // Nobody to recover the owners with: joined as they come, and the desk asks the Safe.
      : readBytes(`0x${text.split(/[\s,;"']+/).map((each) => each.replace(/^0x/i, "")).join("")}`, "signature");
    await send("post", "/api/agreements/{id}/approve", { path: { id: of.id }, body: { approval } });
    setText("");
    changed();
  });
  return (
    <>
      <TextArea label="Owners' signatures" code value={text} onInput={setText}
        hint={`0x and 130 digits each, ${request ? "in any order; the page sorts them as the Safe wants them." : "sorted by the owners' addresses; with a wallet in this browser the page sorts them."}`} />
      <Button busy={write.busy} doing="Asking the Safe" disabled={text.trim() === ""} why="Paste at least one signature." onClick={give}>Approve with these signatures</Button>
      <Refused problem={write.problem} />
    </>
  );
}

/** The same checklist as a browser's wallet has, by the desk's look at the chain and a file. `need` is micro-USDT. */
export function SafeMoney(props: { account: Account; need: bigint }) {
  const { account, need } = props;
  const funds = useFunds();
  return (
    <Load of={funds} lines={4}>
      {(found) => {
        const [free, wallet, allowed] = [parseMoney(found.free), parseMoney(found.wallet), parseMoney(found.allowed)];
        const pulled = need > free ? need - free : 0n;
        const rich = wallet >= pulled;
        const enough = allowed >= pulled;
        const calls = [...(allowed > 0n ? [allowCall(deployment(), 0n)] : []), allowCall(deployment(), pulled)];
        const steps: Step[] = [
          {
            name: "Enough USDT",
            state: rich ? "done" : "failed",
            note: <>The Safe holds <Amount of={wallet} />{free > 0n && <>, the escrow <Amount of={free} /> of it</>}.{!rich && <> <b><Amount of={pulled - wallet} /> are missing.</b> Send them to <Address of={account} /></>}</>,
          },
          {
            name: pulled === 0n ? "No allowance is needed" : "Allow the escrow to collect it",
            state: enough ? "done" : "now",
            note: enough ? <>The escrow may collect <Allowance of={allowed} />.</> : <>Exactly <Amount of={pulled} />{allowed > 0n && <>; the file sets the old <Allowance of={allowed} /> to zero first, as USDT wants it</>}.</>,
            body: !enough && <SafeFile calls={calls} name="Allow the escrow" description="Allows the IFX escrow to collect exactly what booking needs. Moves no money by itself." file="allow" />,
          },
        ];
        return <Steps label="Funding" steps={steps} />;
      }}
    </Load>
  );
}
