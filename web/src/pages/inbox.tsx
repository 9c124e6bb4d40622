// Everything that waits for the one who is signed in, most urgent first, and what the desk has told.
import { useGet, useSettled } from "../api/use.ts";
import type { Schema } from "../api/types.ts";
import { ButtonLink } from "../parts/button.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Tag, Time, useNow } from "../parts/show.tsx";
import { Load, Room, State } from "../parts/state.tsx";
import { showTokens } from "../money.ts";
import { useOpenLoaded } from "./inbox/open.ts";
import { Notices, useNotices } from "./inbox/notices.tsx";
import { type Agreement, approvedByMe, KINDS, standingOf, titleOf, type Tone } from "./agreement/words.ts";

type Item = { id: string; href: string; title: string; tag: string; tone: Tone; next: string; until: number | null; mine: boolean };

const LEAD = "What waits for you, most urgent first, and what the desk has told you.";

export function InboxPage() {
  const now = useNow(15);
  const open = useOpenLoaded();
  const drafts = useGet("/api/requests", { query: { state: "draft" }, every: 30 });
  const positions = useGet("/api/positions", { every: 30 });
  const notices = useNotices();
  // Drawn together, so that nothing moves when one of them comes later.
  const ready = useSettled([open, drafts, positions, notices]);
  const items = [
    ...(open.data ?? []).map((each) => ofAgreement(each.of, now)),
    ...(drafts.data?.items ?? []).map(ofDraft),
    ...(positions.data?.items ?? []).filter((each) => !each.end && !each.left && each.maturity <= now).map(ofPosition),
  ].sort((one, other) => (one.until ?? Infinity) - (other.until ?? Infinity));
  const mine = items.filter((each) => each.mine);
  const others = items.filter((each) => !each.mine);
  const whole = { ...open, data: open.data && drafts.data && positions.data ? items : undefined, problem: open.problem ?? drafts.problem ?? positions.problem };
  if (!ready) return <Page title="Inbox" lead={LEAD}><Room lines={12} /></Page>;
  return (
    <Page title="Inbox" lead={LEAD}>
      <Section title="Waits for you">
        <Load of={whole} lines={5}>
          {() => mine.length > 0
            ? <Items label="Waits for you" items={mine} />
            : <State kind="empty" title="Nothing waits for you." next={others.length > 0 ? "What stands below waits for others; you need not do anything." : "When a request of yours is matched, its final terms appear here with a deadline."} action={<ButtonLink kind="plain" href="/request">Make a request</ButtonLink>} />}
        </Load>
      </Section>
      {others.length > 0 && <Section title="Waits for others" note="Nothing to do for you"><Items label="Waits for others" items={others} /></Section>}
      <Notices of={notices} />
    </Page>
  );
}

function Items(props: { label: string; items: readonly Item[] }) {
  return (
    <ul class="items" aria-label={props.label}>
      {props.items.map((each) => (
        <li key={each.id}>
          <div class="item-head"><a class="item-title" href={each.href}>{each.title}</a><Tag tone={each.tone}>{each.tag}</Tag></div>
          <p class="item-next">{each.next}</p>
          {each.until !== null && <p class="hint">Until <Time at={each.until} inline distance /></p>}
        </li>
      ))}
    </ul>
  );
}

function ofAgreement(of: Agreement, now: number): Item {
  const { tag, tone } = standingOf(of, now);
  const mine = of.state === "sent" && !approvedByMe(of) && now <= of.deadline;
  const next = mine ? "Read what it means, compare the digests, then approve or decline."
    : of.state === "approved" ? "All approved; the desk executes it. Keep balance and allowance as they are." : "You approved; another side has not yet. Keep balance and allowance as they are.";
  return { id: of.id, href: `/agreements/${of.id}`, title: of.kind === "terms" ? `${KINDS.terms.title}: ${titleOf(of)}` : titleOf(of), tag, tone, next, until: of.deadline, mine };
}

function ofDraft(of: Schema<"RequestOut">): Item {
  return {
    id: of.id,
    href: `/requests/${of.id}`,
    title: `Draft: ${of.side} ${showTokens(of.quantity)} tokens of ${of.underlying}`,
    tag: "Draft",
    tone: "plain",
    next: "Nobody but you sees it. Hand it in, or take it back.",
    until: of.valid_until,
    mine: true,
  };
}

function ofPosition(of: Schema<"PositionOut">): Item {
  return {
    id: of.id,
    href: `/positions/${of.id}`,
    title: `Matured: ${of.side} ${showTokens(of.quantity)} tokens of ${of.underlying}`,
    tag: "To be settled",
    tone: "wait",
    next: "Once its price is certain, anybody settles it with one transaction; you can do it yourself.",
    until: null,
    mine: true,
  };
}
