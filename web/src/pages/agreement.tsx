// One agreement: final terms, an early end or a novation. What it means, what is signed, the money, the approval, and
// where it stands afterwards. Nothing can be approved before the page has computed all of it itself.
import { useGet } from "../api/use.ts";
import { holdAgreement, type Held } from "../chain/agreement.ts";
import { readAddress } from "../chain/values.ts";
import { domain } from "../deployment.ts";
import { ButtonLink } from "../parts/button.tsx";
import { EndingMeaning, useForward } from "./agreement/ending.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Tag, Time, useNow } from "../parts/show.tsx";
import { Load, Room, State } from "../parts/state.tsx";
import type { PageProps } from "../routes.tsx";
import { useSession } from "../session.ts";
import { Approval } from "./agreement/approval.tsx";
import { Compare, useContractsWord } from "./agreement/digests.tsx";
import { Money } from "./agreement/money.tsx";
import { isKnown } from "./funds/read.ts";
import { Parties } from "./agreement/parties.tsx";
import { Untrue } from "./agreement/untrue.tsx";
import { TermsMeaning } from "./agreement/terms.tsx";
import { useWay, WayChoice } from "./agreement/way.tsx";
import { type Agreement, approvedByMe, isOpen, KINDS, SPOT_MOVED, standingOf, type Standing, titleOf } from "./agreement/words.ts";

export function AgreementPage({ params }: PageProps) {
  const found = useGet("/api/agreements/{id}", { path: { id: params["id"]! }, every: 4 });
  if (found.data) return <Whole of={found.data} reload={found.reload} />;
  return (
    <Page title="Agreement" lead="Terms that wait for approval, or what became of them.">
      {found.problem?.slug === "not-found" || found.problem?.slug === "bad-request"
        ? <State kind="empty" title="You have no agreement with this id." next="It may be somebody else's, or the link was cut short. What waits for you stands in your inbox." action={<ButtonLink href="/inbox">To your inbox</ButtonLink>} />
        : <Load of={found} lines={8}>{() => null}</Load>}
    </Page>
  );
}

function Whole(props: { of: Agreement; reload: () => void }) {
  const { of, reload } = props;
  const session = useSession();
  const now = useNow(10);
  if (session.state !== "in") return null;
  const held = holdAgreement(of, domain(), readAddress(session.account));
  const standing = held.ok ? standingOf(of, now) : undefined;
  return (
    <Page title={KINDS[of.kind].title} lead={titleOf(of)} aside={standing && <Aside of={of} standing={standing} />}>
      {held.ok
        ? <Trusted of={of} held={held.value} standing={standing!} now={now} reload={reload} />
        : <Untrue what={held.problem.what} cure={held.problem.cure} />}
    </Page>
  );
}

function Aside(props: { of: Agreement; standing: Standing }) {
  return (
    <div class="standing">
      <Tag tone={props.standing.tone}>{props.standing.tag}</Tag>
      {isOpen(props.of) && <p><span class="hint">Until </span><Time at={props.of.deadline} distance /></p>}
    </div>
  );
}


function Trusted(props: { of: Agreement; held: Held; standing: Standing; now: number; reload: () => void }) {
  const { of, held, now, reload } = props;
  const { message } = held;
  const preflight = useGet("/api/agreements/{id}/preflight", { path: { id: of.id }, every: 15, when: isOpen(of) });
  const problems = isOpen(of) ? preflight.data?.problems ?? [] : [];
  const word = useContractsWord(message, held.digests.id);
  const account = readAddress(of.parties.find((each) => each.role === of.role)!.account);
  const [way, setWay] = useWay(account);
  const ended = useForward(message.kind === "terms" ? undefined : message.forward);
  const dead = problems.find((each) => each.who === "nobody");
  const live = isOpen(of) && now <= of.deadline && !dead;
  if (word === "differs") {
    return <Untrue what="The escrow on this chain computes another digest for this message." cure="Do not sign it. Tell the desk by a way that you know already." />;
  }
  // What an ending means needs two answers: all at once, so that nothing moves under the reader's eyes.
  if (!ended.known || (message.kind !== "terms" && isOpen(of) && !isKnown(preflight))) return <Room lines={12} />;
  return (
    <>
      <Now of={of} standing={props.standing} dead={dead} />
      {message.kind === "terms"
        ? <TermsMeaning of={of} terms={message} />
        : <EndingMeaning of={of} message={message} effects={preflight.data?.effects} forward={ended.forward} />}
      <Parties of={of} />
      <Compare held={held} word={word} />
      {live && <div class="section"><WayChoice way={way} onChange={setWay} /></div>}
      {live && <Money of={of} held={held} account={account} way={way} />}
      {live && <Between problems={problems} role={of.role} />}
      <Section title={approvedByMe(of) ? "Your approval" : "Approve"} id="approve">
        <Approval of={of} held={held} account={account} way={way} live={live} why={dead?.what} reload={reload} />
      </Section>
    </>
  );
}

type Trouble = { code: string; who: string; what: string; cure: string };

/** Where it stands; a price that was fixed anew is told before everything else. */
function Now(props: { of: Agreement; standing: Standing; dead: Trouble | undefined }) {
  const { of, standing, dead } = props;
  if (dead) {
    const title = dead.code === "spot" ? SPOT_MOVED : "This can no longer be executed.";
    const next = of.kind === "terms"
      ? "Nothing is locked. Decline it and your request is open again at once; otherwise that happens by itself at the deadline."
      : "Nothing changes. Decline it, or let it run out; either side can propose anew.";
    return <State kind="expired" title={title} next={<>{dead.what.replace(/\.?$/, ".")} {next}</>} />;
  }
  return <State kind={standing.kind} title={standing.title} next={standing.next} action={<NextLink of={of} />} />;
}

function NextLink(props: { of: Agreement }) {
  const { of } = props;
  if (of.state === "done") return <ButtonLink href={`/positions/${of.forward}`}>Go to the position</ButtonLink>;
  if (isOpen(of)) return approvedByMe(of) ? null : <a href="#approve">To the approval</a>;
  return of.kind === "terms" ? <ButtonLink kind="plain" href="/requests">Go to your requests</ButtonLink> : <ButtonLink kind="plain" href={`/positions/${of.forward}`}>Go to the position</ButtonLink>;
}

/** What else stands between it and the chain, and who must act. */
function Between(props: { problems: readonly Trouble[]; role: string }) {
  // What this side's own money lacks stands in its checklist.
  const own = (each: Trouble) => each.who === props.role && (each.code === "funds" || each.code === "allowance");
  const others = props.problems.filter((each) => each.who !== "nobody" && !own(each));
  if (others.length === 0) return null;
  return (
    <Section title="What else it waits for" note="As the desk sees the chain now">
      <ul class="waits">
        {others.map((each) => (
          <li key={each.code + each.who}><p><b>{each.who === props.role ? "You:" : `The ${each.who}:`}</b> {each.what.replace(/\.?$/, ".")}</p><p class="hint">{each.cure}</p></li>
        ))}
      </ul>
    </Section>
  );
}
