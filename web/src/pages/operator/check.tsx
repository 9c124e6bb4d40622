// Requests that were handed in and wait for the operator: who asks, for what, and the two answers.
import { useEffect, useState } from "preact/hooks";
import { write as send } from "../../api/client.ts";
import { forget, type Loaded, useWrite } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";
import { Actions, Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea } from "../../parts/form.tsx";
import { Section } from "../../parts/page.tsx";
import { Address, Facts, Price, Time, Tokens } from "../../parts/show.tsx";
import { Load, Refused, State } from "../../parts/state.tsx";
import { kindOf, tenorOf } from "../request/words.ts";
import { ask, useAsking } from "./open-dialog.ts";
import { type Asked, titleOf } from "./words.ts";

const LONGEST = 500; // characters of a reason
const DRAFT = "ifx.reason.";

type Props = { of: Loaded<Schema<"OperatorRequestPage">>; onChange: () => void };

export function ToCheck(props: Props) {
  const [said, say] = useState("");
  const checking = useAsking("check");
  const rejecting = useAsking("reject");
  const find = (id: string | undefined) => props.of.data?.items.find((each) => each.id === id);
  const done = (text: string) => {
    say(text);
    ask();
    forget("/api/operator");
    props.onChange();
  };
  return (
    <Section title="Waiting for the check" note="The contact is for you alone; the other side reads the name with final terms, not before">
      <p class="outcome" role="status">{said}</p>
      <Load of={props.of} lines={6}>
        {({ items, next }) => items.length === 0
          ? <State kind="empty" title="No request waits for you." next="What participants hand in appears here by itself, oldest first." />
          : (
            <>
              <ul class="cards">{[...items].reverse().map((each) => <Card key={each.id} of={each} />)}</ul>
              {next && <p class="hint">There are more than {items.length}; the older ones follow once these are answered.</p>}
            </>
          )}
      </Load>
      <Check of={find(checking)} onDone={(of) => done(`Checked: ${titleOf(of)}. It can be matched from now on.`)} />
      <Reject of={find(rejecting)} onDone={(of) => done(`Rejected: ${titleOf(of)}. Its author reads the reason.`)} />
    </Section>
  );
}

function Card(props: { of: Asked }) {
  const { of } = props;
  return (
    <li class="card">
      <h3>{titleOf(of)}</h3>
      <Facts items={[
        ["Author", <>{of.name ? <bdi class="name">{of.name}</bdi> : "no name given"}</>, <Address of={of.account} />],
        ["Contact", of.contact ? <bdi class="name">{of.contact}</bdi> : "none"],
        ["Quantity", <><Tokens of={of.quantity} /> tokens</>],
        ["Maturity", tenorOf(of)],
        ["Settles on", kindOf(of)],
        ["Limit", of.limit_price === null ? "the indicative price of the day of the match" : <Price of={of.limit_price} unit />],
        ["Valid until", <Time at={of.valid_until} inline distance />],
        ["Handed in", <Time at={of.updated_at} inline distance />],
      ]} />
      <Actions>
        <Button onClick={() => ask("check", of.id)}>Check<span class="unseen"> {titleOf(of)}</span></Button>
        <Button kind="danger" onClick={() => ask("reject", of.id)}>Reject<span class="unseen"> {titleOf(of)}</span></Button>
      </Actions>
    </li>
  );
}

type Answer = { of: Asked | undefined; onDone: (of: Asked) => void };

function Check({ of, onDone }: Answer) {
  const write = useWrite();
  const run = () => void write.run(() => send("post", "/api/operator/requests/{id}/check", { path: { id: of!.id } })).then((done) => done && onDone(of!));
  return (
    <Dialog open={of !== undefined} title="Let this request be matched?" onClose={() => { write.clear(); ask(); }}>
      {of && (
        <>
          <p>{titleOf(of)}, <Tokens of={of.quantity} /> tokens, {tenorOf(of)}. From now on everybody sees it without name and contact, and it can be matched.</p>
          <p class="hint">You have looked at who asks: neither the provider nor its insider, and somebody whom the desk may deal with.</p>
          <Actions>
            <Button busy={write.busy} doing="Checking" onClick={run}>Check it</Button>
            <Button kind="plain" onClick={() => ask()}>Not yet</Button>
          </Actions>
          <Refused problem={write.problem} />
        </>
      )}
    </Dialog>
  );
}

function Reject({ of, onDone }: Answer) {
  const [reason, setReason] = useState("");
  const write = useWrite();
  const id = of?.id;
  useEffect(() => setReason(id === undefined ? "" : drafted(id)), [id]);
  const typed = (text: string) => {
    setReason(text);
    draft(id!, text);
  };
  const text = reason.trim();
  const wrong = text.length > LONGEST ? `At most ${LONGEST} characters; these are ${text.length}.` : /[\p{Cc}]/u.test(text) ? "Write it on one line." : undefined;
  const run = () => void write.run(() => send("post", "/api/operator/requests/{id}/reject", { path: { id: of!.id }, body: { reason: text } })).then((done) => {
    if (!done) return;
    draft(of!.id, "");
    onDone(of!);
  });
  return (
    <Dialog open={of !== undefined} title="Reject this request?" onClose={() => { write.clear(); ask(); }}>
      {of && (
        <>
          <p>{titleOf(of)}, <Tokens of={of.quantity} /> tokens. It is over then; its author can write a new one.</p>
          <TextArea label="Reason" value={reason} onInput={typed} rows={3} hint="Its author reads it, word for word." error={wrong} />
          <Actions>
            <Button kind="danger" busy={write.busy} doing="Rejecting" disabled={text === "" || wrong !== undefined} why="Write the reason first." onClick={run}>Reject it</Button>
            <Button kind="plain" onClick={() => ask()}>Keep it</Button>
          </Actions>
          <Refused problem={write.problem} />
        </>
      )}
    </Dialog>
  );
}

/** A reason that was begun, in this tab only. */
function drafted(id: string): string {
  try {
    return sessionStorage.getItem(DRAFT + id) ?? "";
  } catch {
    return ""; // a browser that forbids storage: it lasts as long as the page
  }
}

function draft(id: string, text: string): void {
  try {
    if (text === "") sessionStorage.removeItem(DRAFT + id);
    else sessionStorage.setItem(DRAFT + id, text);
  } catch {
    // As above.
  }
}
