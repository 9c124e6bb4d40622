// What could still happen with the account's earlier words, ended: the escrow's allowance, and approvals of what is not
// booked. An approval that was given stays good until its deadline, also where the desk is gone.
import { useState } from "preact/hooks";
import type { Deployment } from "../../chain/contract.ts";
import { forwardOf, revokeCall } from "../../chain/escrow.ts";
import { attempt, badValue, type Problem } from "../../chain/problem.ts";
import type { Request } from "../../chain/request.ts";
import { digestsOf, type Kind, type Message, partiesOf, readMessage } from "../../chain/typed-data.ts";
import { allowCall } from "../../chain/usdt.ts";
import { readObject, type Hex } from "../../chain/values.ts";
import { useWrite } from "../../api/use.ts";
import { Button } from "../../parts/button.tsx";
import { More } from "../../parts/dialog.tsx";
import { TextArea } from "../../parts/form.tsx";
import { Section } from "../../parts/page.tsx";
import { Amount, Digest, Time } from "../../parts/show.tsx";
import { Refused, State } from "../../parts/state.tsx";
import { showMoney } from "../../money.ts";
import { type Looker, Send } from "./send.tsx";

type Props = { allowed: bigint; request: Request; looker: Looker; deployment: Deployment; onDone: () => void };

export function Revoke(props: Props) {
  return (
    <Section title="Take back what you allowed" note="Only what is not booked yet; booked forwards stay as they are">
      <Allowance {...props} />
      <More title="Revoke an approval that you gave"><Approval {...props} /></More>
    </Section>
  );
}

function Allowance(props: Props) {
  const { allowed, looker, deployment } = props;
  const [begun, setBegun] = useState(false);
  if (allowed === 0n && !begun) {
    return <State kind="done" title="The escrow may collect nothing from the wallet." next="There is no allowance to take back." />;
  }
  const most = allowed >= 1n << 128n;
  return (
    <div class="stack">
      {allowed > 0n && <p class="said">The escrow may still collect {most ? <b>any amount</b> : <b><Amount of={allowed} /></b>} from the wallet: for terms that you approved, and for nothing else. Set it to zero if nothing more is to be booked.</p>}
      <Send key="send" kind="plain" looker={looker} deployment={deployment} own call={allowCall(deployment, 0n)} intent="allow.zero" what="Set the allowance to zero" description={`Lets the escrow ${deployment.escrow} collect nothing any more (allowance was ${most ? "unlimited" : showMoney(allowed)} USDT).`}
        command="ifx allow 0" done="The allowance is zero." onDone={() => { setBegun(true); props.onDone(); }}>
        Set it to zero
      </Send>
    </div>
  );
}

type Read = { message: Message; digest: Hex; over: string | undefined };

function Approval(props: Props) {
  const { looker, deployment, request } = props;
  const [text, setText] = useState("");
  const [found, set] = useState<Read>();
  const write = useWrite();
  const look = () => void write.run(async () => {
    set(undefined);
    const read = await attempt(() => examine(text, request, deployment));
    if (read.ok) set(read.value);
    return read;
  });
  const party = found && Object.values(partiesOf(found.message)).includes(looker.account);
  const problem: Problem | undefined = found && !party ? { kind: "wrong account", what: "This account is no party of it.", cure: "Only an account that it names can revoke it." } : undefined;
  return (
    <div class="stack wide">
      <p>Paste what you approved: <code>terms.json</code>, or the message that the desk sent, as JSON. Revoking it makes every approval of it void, whoever gave it, for ever.</p>
      <TextArea label="Terms, termination or novation" value={text} onInput={(typed) => { setText(typed); set(undefined); write.clear(); }} rows={6} code />
      <Button kind="plain" busy={write.busy} doing="Looking at it" onClick={look} disabled={text.trim() === ""} why="Paste it first.">Look at it</Button>
      <Refused problem={write.problem ?? problem} />
      {found && (
        <>
          <Digest of={found.digest} label={`Digest of the ${found.message.kind}`} note="The same as on your confirmation and in your wallet." />
          {found.over
            ? <State kind="done" title={found.over} next="There is nothing to revoke." />
            : <p class="hint">Good until <Time at={Number(found.message.deadline)} inline distance />.</p>}
          {!found.over && party && (
            <Send kind="plain" looker={looker} deployment={deployment} own call={revokeCall(deployment, found.message)} intent={`revoke.${found.digest}`} what={`Revoke the ${found.message.kind}`}
              description={`Revokes ${found.message.kind} ${found.digest}, for ever.`} command={`ifx revoke ${found.message.kind}.json`} done="Revoked: nobody can use it any more." onDone={props.onDone}>
              Revoke it
            </Send>
          )}
        </>
      )}
    </div>
  );
}

async function examine(text: string, request: Request, deployment: Deployment): Promise<Read> {
  const message = messageIn(text);
  const digest = digestsOf(message, deployment).id;
  // Revoked and executed messages are kept under their digest as booked forwards are.
  const { status } = await forwardOf(request, deployment, digest);
  return { message, digest, over: status === "none" ? undefined : status === "revoked" ? "It is revoked already." : "It was booked: it is a forward now." };
}

/** A message by its own fields, alone or inside of what the desk sent. */
function messageIn(text: string): Message {
  let json: unknown;
  try {
    // Numbers beyond 2^53 would be rounded in silence: they become text first.
    json = JSON.parse(text.replace(/([:\s])(\d{16,})(?=\s*[,}])/g, '$1"$2"'));
  } catch (error) {
    if (error instanceof SyntaxError) throw badValue("That is no JSON.", "Paste the whole file, from { to }.");
    throw error;
  }
  const outer = readObject(json, "file");
  const { kind: _, ...inner } = typeof outer["message"] === "object" ? readObject(outer["message"], "message") : outer;
  const kind: Kind = "payment" in inner ? "novation" : "forward" in inner ? "termination" : "terms";
  return readMessage(kind, inner);
}

