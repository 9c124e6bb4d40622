// Where a request stands and what happens next, in words.
import type { Schema } from "../../api/types.ts";
import { showDay } from "../../time.ts";

export type Request = Schema<"RequestOut">;
type State = Request["state"];

type Standing = { tag: string; tone: "plain" | "good" | "wait" | "bad"; next: string };

const STANDINGS: Readonly<Record<State, Standing>> = {
  draft: { tag: "Draft", tone: "plain", next: "Only you see it. Hand it in and the desk's operator looks at it." },
  submitted: { tag: "Handed in", tone: "plain", next: "The desk's operator checks it next. You can still withdraw it." },
  checked: { tag: "Open", tone: "good", next: "It can be matched from now on; others see it without your name. Final terms then come to your inbox." },
  rejected: { tag: "Rejected", tone: "bad", next: "Write a new one that meets the reason." },
  matched: { tag: "Matched", tone: "plain", next: "It has a counterpart, and final terms are being made. They come to your inbox." },
  terms_sent: { tag: "Terms sent", tone: "wait", next: "Final terms wait for both sides. Look at them and approve or decline." },
  approved_by_one: { tag: "One side approved", tone: "wait", next: "One side has approved the terms; the other has until their deadline." },
  approved_by_both: { tag: "Being booked", tone: "plain", next: "Both approved. The desk looks at everything once more and books it in one transaction." },
  booked: { tag: "Booked", tone: "good", next: "It is a forward on the chain now." },
  expired: { tag: "Expired", tone: "wait", next: "Its validity is over, and nothing was booked from it. Write a new one if you like." },
  withdrawn: { tag: "Withdrawn", tone: "plain", next: "You took it back; nobody can match it. Write a new one if you like." },
};

export function standingOf(of: Request): Standing {
  if (of.state === "checked" && of.reason) {
    const next = `The terms that it was matched for came to nothing: ${of.reason.replace(/\.?$/, ".")} It is matched again by itself; withdraw it if you no longer want it.`;
    return { tag: "Open again", tone: "good", next };
  }
  const found = STANDINGS[of.state];
  return of.reason ? { ...found, next: `${of.reason.replace(/\.?$/, ".")} ${found.next}` } : found;
}

/** Terms are out for it. */
export function inTerms(of: Request): boolean {
  return of.state === "terms_sent" || of.state === "approved_by_one" || of.state === "approved_by_both";
}

export function canWithdraw(of: Request): boolean {
  return of.state === "draft" || of.state === "submitted" || of.state === "checked";
}

/** `3 months`, or the day that was named. */
export function tenorOf(of: Pick<Request, "months" | "maturity">): string {
  return of.months === null ? showDay(of.maturity) : `${of.months} months`;
}

/** `One day's fixing`, `Mean of 5 days`, `Mean of the whole tenor`. */
export function kindOf(of: Pick<Request, "months" | "averaging_days">): string {
  if (of.averaging_days === 1) return "One day's fixing";
  return of.months !== null && of.averaging_days >= 31 * of.months ? "Mean of the whole tenor" : `Mean of ${of.averaging_days} days`;
}
