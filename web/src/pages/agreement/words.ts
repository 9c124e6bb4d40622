// What an agreement is called, where it stands and what happens next, in words.
import type { Schema } from "../../api/types.ts";
import { showMoney, showTokens } from "../../money.ts";

export type Agreement = Schema<"AgreementOut">;
export type Tone = "plain" | "good" | "wait" | "bad";

/** A side of terms, as whom they concern would say it: `Long 100B tokens of openai/gpt-4.1 at 7.70`. */
export function titleOf(of: Agreement): string {
  const { terms } = of;
  if (terms) return `${terms.side === "long" ? "Long" : "Short"} ${showTokens(terms.quantity)} tokens of ${terms.underlying} at ${terms.price}`;
  if (of.kind === "termination") return `Early end at ${showMoney(BigInt(of.message["price"]!))}`;
  return `Novation: ${of.role === "incoming" ? "you enter" : of.role === "outgoing" ? "you leave" : "the other side changes"}`;
}

export const KINDS: Readonly<Record<Agreement["kind"], { title: string; done: string; open: string }>> = {
  terms: { title: "Final terms", done: "Booked", open: "Being booked" },
  termination: { title: "Early end", done: "Ended", open: "Being executed" },
  novation: { title: "Novation", done: "Executed", open: "Being executed" },
};

/** Whether the one who is signed in has approved. */
export function approvedByMe(of: Agreement): boolean {
  return of.parties.some((each) => each.role === of.role && each.approved);
}

export function isOpen(of: Pick<Agreement, "state">): boolean {
  return of.state === "sent" || of.state === "approved";
}

export const SPOT_MOVED = "The price was fixed anew: these terms can no longer be booked.";
// The desk's words where a day's fixing ended terms (otc_desk/renewal.py).
const MOVED = /fixing is .* and the spot /i;

export type Standing = { tag: string; tone: Tone; title: string; next: string; kind: "waiting" | "done" | "expired" | "error" | "empty" };

/** Where it stands for the one who is signed in. `now` is unix seconds. */
export function standingOf(of: Agreement, now: number): Standing {
  const { done, open } = KINDS[of.kind];
  const missing = of.parties.filter((each) => !each.approved && each.role !== of.role).map((each) => each.role);
  switch (of.state) {
    case "sent":
      if (now > of.deadline) {
        return { tag: "Deadline over", tone: "wait", kind: "expired", title: "Its deadline is over.", next: "The contract takes it no more. The desk closes it within minutes; nothing was locked." };
      }
      if (approvedByMe(of)) {
        const who = missing.length > 0 ? `the ${missing.join(" and the ")}` : "the desk";
        return { tag: "Waiting for the other side", tone: "plain", kind: "waiting", title: `You approved. It waits for ${who}.`, next: "Nothing is locked yet. Keep balance and allowance as they are; this page follows by itself, and you can close it." };
      }
      return { tag: "Waits for your approval", tone: "wait", kind: "waiting", title: "It waits for your approval.", next: `${sentence(of.reason)} Read what it means, compare the digests, then approve or decline. Until all approved nothing is locked.`.trim() };
    case "approved":
      return { tag: open, tone: "plain", kind: "waiting", title: `All approved. ${open}.`, next: of.reason.startsWith("in transaction") ? `The desk sent it ${of.reason}.` : of.reason ? `It waits: ${of.reason}` : "The desk looks at everything once more and sends one transaction. Keep balance and allowance as they are." };
    case "done":
      return { tag: done, tone: "good", kind: "done", title: `${done} on the chain.`, next: of.final_at === null ? "Its block is not final yet; that takes some minutes, and nothing is left for you to do." : "The chain can no longer undo it." };
    case "expired":
      return { tag: "Expired", tone: "wait", kind: "expired", title: "It expired before all had approved and it was on the chain.", next: `${sentence(of.reason)} ${again(of)}` };
    case "declined":
      return { tag: "Declined", tone: "bad", kind: "expired", title: "It was declined.", next: `${sentence(of.reason)} ${again(of)}` };
    case "failed":
      if (MOVED.test(of.reason)) {
        return { tag: "Price moved", tone: "wait", kind: "expired", title: SPOT_MOVED, next: `${sentence(of.reason)} ${again(of)}` };
      }
      return { tag: "Failed", tone: "bad", kind: "error", title: "The contract refuses it for good.", next: `${sentence(of.reason)} ${again(of)}` };
  }
}

function again(of: Agreement): string {
  return of.kind === "terms"
    ? "Nothing was booked or locked. Your request is open again while its own validity lasts, and is matched by itself."
    : "The forward stays as it was. Either side can propose anew from its page.";
}

function sentence(text: string): string {
  if (!text) return "";
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
