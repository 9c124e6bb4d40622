// One's own requests: where each stands and what happens next; one of them in depth, with what can be done.
import { useState } from "preact/hooks";
import { get, write as send } from "../api/client.ts";
import { forget, useGet, useWrite } from "../api/use.ts";
import { Actions, Button, ButtonLink } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Facts, Price, Tag, Time, Tokens } from "../parts/show.tsx";
import { Load, Refused, State } from "../parts/state.tsx";
import { Steps, type Step } from "../parts/steps.tsx";
import { Table } from "../parts/table.tsx";
import type { PageProps } from "../routes.tsx";
import { canWithdraw, inTerms, kindOf, type Request, standingOf, tenorOf } from "./request/words.ts";

export function RequestsPage() {
  const found = useGet("/api/requests", { query: { limit: 100 }, every: 10 });
  const [older, setOlder] = useState<readonly Request[]>([]);
  const [next, setNext] = useState<string | null>();
  const more = useWrite();
  const behind = next === undefined ? found.data?.next : next;
  const load = () => void more.run(async () => {
    const page = await get("/api/requests", { query: { limit: 100, after: behind! } });
    setOlder([...older, ...page.items]);
    setNext(page.next);
  });
  return (
    <Page title="Your requests" lead="Nothing is locked and nobody is bound before both sides have approved final terms." aside={<ButtonLink href="/request">New request</ButtonLink>}>
      <Load of={found} lines={6}>
        {({ items }) => (
          <>
            <RequestTable rows={[...items, ...older]} />
            {behind && <p class="more-button"><Button kind="plain" busy={more.busy} onClick={load}>Show older requests</Button></p>}
            <Refused problem={more.problem} />
          </>
        )}
      </Load>
    </Page>
  );
}

function RequestTable(props: { rows: readonly Request[] }) {
  return (
    <Table
      caption="Your requests, newest first"
      rows={props.rows}
      rowKey={(each) => each.id}
      empty={<State kind="empty" title="You have made no request yet." next="A request says side, size, tenor and price. The desk looks for the other side; you decide again when final terms are there." action={<ButtonLink kind="plain" href="/request">Make the first one</ButtonLink>} />}
      columns={[
        { name: "Request", head: true, cell: (each) => <a class="request-name" href={`/requests/${each.id}`}>{each.side === "long" ? "Long" : "Short"} {each.underlying}</a> },
        { name: "Tokens", figure: true, cell: (each) => <Tokens of={each.quantity} /> },
        { name: "Maturity", cell: (each) => <span class="amount">{tenorOf(each)}</span> },
        { name: "Limit", figure: true, cell: (each) => each.limit_price === null ? "at indicative" : <Price of={each.limit_price} /> },
        { name: "State", cell: (each) => <Tag tone={standingOf(each).tone}>{standingOf(each).tag}</Tag> },
        { name: "What happens next", cell: (each) => <span class="next">{standingOf(each).next}</span> },
      ]}
    />
  );
}

export function RequestDetailPage({ params }: PageProps) {
  const id = params["id"]!;
  const found = useGet("/api/requests/{id}", { path: { id }, every: 5 });
  if (!found.data) return <Page title="Request"><Load of={found} lines={8}>{() => null}</Load></Page>;
  return <Detail of={found.data} reload={found.reload} />;
}

function Detail(props: { of: Request; reload: () => void }) {
  const { of } = props;
  const { tag, tone, next } = standingOf(of);
  const agreement = useGet("/api/agreements/{id}", { path: { id: of.agreement ?? "" }, when: of.state === "booked" && of.agreement !== null });
  const state = of.state === "rejected" ? "error" : of.state === "expired" ? "expired" : of.state === "booked" ? "done" : of.state === "withdrawn" ? "empty" : "waiting";
  return (
    <Page title={`${of.side === "long" ? "Long" : "Short"} ${of.underlying}`} lead={<><Tokens of={of.quantity} /> tokens, {tenorOf(of)}, {kindOf(of).toLowerCase()}</>} aside={<Tag tone={tone}>{tag}</Tag>}>
      <State
        kind={state}
        title={of.reason ? `${tag}.` : next}
        next={of.reason ? next : of.state === "draft" || of.state === "submitted" || of.state === "checked" ? <>Valid until <Time at={of.valid_until} inline distance />.</> : "What became of it stands below."}
        action={<NextLink of={of} forward={agreement.data?.forward} />}
      />
      <Act of={of} reload={props.reload} />
      <div class="columns">
        <Section title="What you asked for">
          <Facts items={[
            ["Side", of.side === "long" ? "Long: receives when the price rises" : "Short: receives when the price falls"],
            ["Underlying", <span class="wrap">{of.underlying}</span>],
            ["Quantity", <><Tokens of={of.quantity} /> tokens</>, of.parent !== null && <>The rest of <a href={`/requests/${of.parent}`}>a request</a> that was matched in part</>],
            ["Maturity", of.months === null ? tenorOf(of) : `${of.months} months after the day of the final terms`],
            ["Settles on", kindOf(of)],
            ["Limit", of.limit_price === null ? "the indicative price of the day of the match" : <Price of={of.limit_price} unit />],
            ["Valid until", <Time at={of.valid_until} />],
            ["Contact", of.contact ? <bdi class="name">{of.contact}</bdi> : "none", "for the operator alone"],
            ["Written", <Time at={of.created_at} />],
          ]} />
        </Section>
        <Section title="Its way"><Steps label="The request's way" steps={stepsOf(of)} /></Section>
      </div>
    </Page>
  );
}

function NextLink(props: { of: Request; forward: string | undefined }) {
  const { of, forward } = props;
  if (forward) return <ButtonLink href={`/positions/${forward}`}>Go to the position</ButtonLink>;
  if (inTerms(of) && of.agreement) return <ButtonLink href={`/agreements/${of.agreement}`}>Look at the final terms</ButtonLink>;
  if (of.state === "rejected" || of.state === "expired" || of.state === "withdrawn") return <ButtonLink kind="plain" href={`/request?from=${of.id}`}>Write a new one from it</ButtonLink>;
  return of.agreement ? <a href={`/agreements/${of.agreement}`}>The terms that came to nothing</a> : null;
}

/** Hand in, change, withdraw: what its state allows. */
function Act(props: { of: Request; reload: () => void }) {
  const { of } = props;
  const write = useWrite();
  const [asking, ask] = useState(false);
  const path = { path: { id: of.id } };
  const run = (work: () => Promise<unknown>) => void write.run(async () => {
    await work();
    ask(false);
    forget("/api/requests");
    props.reload();
  });
  if (!canWithdraw(of)) return null;
  return (
    <>
      <Actions>
        {of.state === "draft" && <Button busy={write.busy && !asking} doing="Handing it in" onClick={() => run(() => send("post", "/api/requests/{id}/submit", path))}>Hand it in</Button>}
        {of.state === "draft" && <ButtonLink kind="plain" href={`/request?draft=${of.id}`}>Change it</ButtonLink>}
        <Button kind="danger" onClick={() => ask(true)}>Withdraw</Button>
      </Actions>
      {!asking && <Refused problem={write.problem} />}
      <Dialog open={asking} title="Withdraw this request?" onClose={() => ask(false)}>
        <p>Nobody can match it any more. You can write a new one from it at any time.</p>
        <Actions>
          <Button kind="danger" busy={write.busy} doing="Withdrawing" onClick={() => run(() => send("post", "/api/requests/{id}/withdraw", path))}>Withdraw it</Button>
          <Button kind="plain" onClick={() => ask(false)}>Keep it</Button>
        </Actions>
        <Refused problem={write.problem} />
      </Dialog>
    </>
  );
}

const WAY = [
  ["draft", "Draft", "only you see it"],
  ["submitted", "Handed in", "the operator checks it"],
  ["checked", "Open", "it can be matched"],
  ["terms_sent", "Final terms", "both sides approve them"],
  ["approved_by_both", "Being booked", "both prefundings in one transaction"],
  ["booked", "Booked", "a forward on the chain"],
] as const;
const PLACES: Readonly<Record<Request["state"], number>> = {
  draft: 0, submitted: 1, checked: 2, matched: 3, terms_sent: 3, approved_by_one: 3, approved_by_both: 4, booked: 6, rejected: 1, expired: 2, withdrawn: -1,
};

function stepsOf(of: Request): Step[] {
  const place = PLACES[of.state];
  return WAY.map(([, name, note], index) => ({
    name,
    note,
    state: index < place ? "done" : index > place || place < 0 ? "later" : of.state === "rejected" || of.state === "expired" ? "failed" : "now",
  }));
}
