// A Safe approves over days: by a Transaction Builder file on the chain, or by its owners' signatures (ERC-1271).
import { useState } from "preact/hooks";
import { write as send } from "../../api/client.ts";
import { useWrite } from "../../api/use.ts";
import type { Held } from "../../chain/agreement.ts";
import { approvalFile, joinOwners } from "../../chain/safe.ts";
import { type Address, readBytes } from "../../chain/values.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { useLink } from "../../link.ts";
import { Button } from "../../parts/button.tsx";
import { Digest, Time } from "../../parts/show.tsx";
import { TextArea } from "../../parts/form.tsx";
import { Refused } from "../../parts/state.tsx";
import { now } from "../../time.ts";
import type { Agreement } from "./words.ts";

export function SafeApproval(props: { of: Agreement; held: Held; account: Address; changed: () => void }) {
  const { of, held } = props;
  return (
    <div class="safe">
      <p>Either way is enough, and owners may take days: it must be complete before <Time at={of.deadline} inline distance />. You can close this page meanwhile.</p>
      <h3>On the chain, by a file</h3>
      <ol class="numbered">
        <li>Download the file and load it in Safe's Transaction Builder (Apps, Transaction Builder, drag the file in).</li>
        <li>It holds one call, <code>approve_{of.kind}</code> of the escrow <code class="wrap">{facts().escrow}</code>. It moves no money. Owners sign and execute it as any other transaction.</li>
        <li>Once it is mined the desk notices it by itself, and this page says so.</li>
      </ol>
      <Button kind="plain" onClick={() => download(of, held)}>Download for the Transaction Builder</Button>
      <h3>Without gas, by signatures</h3>
      <p>Each owner signs the Safe's message with this hash, in a Safe app that signs messages or by <code>ifx sign</code>. Then paste the signatures here.</p>
      <Digest label="SafeMessage hash, for the owners" of={held.digests.safe_message_hash} note={<>Of this very Safe, <code class="wrap">{props.account}</code>, on chain {facts().chainId}.</>} />
      <OwnersSignatures {...props} />
    </div>
  );
}

function download(of: Agreement, held: Held): void {
  const text = approvalFile(deployment(), held.message, { id: of.id, digest: held.digests.id, deadline_utc: of.deadline_utc, now: now() });
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `approve-${of.id}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

function OwnersSignatures(props: { of: Agreement; held: Held; changed: () => void }) {
  const { of, held } = props;
  const { connection } = useLink();
  const [text, setText] = useState("");
  const write = useWrite();
  const request = connection?.chainId === facts().chainId ? connection.wallet.provider.request : undefined;
  const give = () => void write.run(async () => {
    const approval = request
      ? (await joinOwners(request, held.digests.safe_message_hash, text)).signature
      : readBytes(`0x${(text.match(/[0-9a-fA-FxX]+/g) ?? []).map((each) => each.replace(/^0x/i, "")).join("")}`, "signature");
    await send("post", "/api/agreements/{id}/approve", { path: { id: of.id }, body: { approval } });
    setText("");
    props.changed();
  });
  return (
    <>
      <TextArea label="Owners' signatures" code value={text} onInput={setText}
        hint={request ? "0x and 130 digits each, in any order; the page sorts them as the Safe wants them." : "0x and 130 digits each, sorted by the owners' addresses. With a connected wallet the page sorts them for you."} />
      <Button busy={write.busy} doing="Asking the Safe" disabled={text.trim() === ""} why="Paste at least one signature." onClick={give}>Approve with these signatures</Button>
      <Refused problem={write.problem} />
    </>
  );
}
