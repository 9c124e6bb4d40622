// What the operator's console says of requests, and what it asks the desk for.
import { type Loaded, useGet } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";

export type Asked = Schema<"OperatorRequest">;
export type Match = Schema<"ProposedMatch">;

/** Seconds between two looks at what others change. */
const EVERY = 10;
/** Rows of one list: the most that the desk answers with. */
export const ROWS = 100;

/** All requests in a state, newest first. */
export function useRequests(state: Asked["state"]): Loaded<Schema<"OperatorRequestPage">> {
  return useGet("/api/operator/requests", { query: { state, limit: ROWS }, every: EVERY });
}

/** `Long 100B tokens of openai/gpt-4.1` without the number: for headings. */
export function titleOf(of: Pick<Asked, "side" | "underlying">): string {
  return `${of.side === "long" ? "Long" : "Short"} ${of.underlying}`;
}

/** Requests that are in one agreement, as far as they are loaded: the oldest first. */
export type UnderWay = { agreement: string; long: Asked | undefined; short: Asked | undefined; state: Asked["state"]; since: number };

/** Requests whose terms are out, together by agreement; the newest first. */
export function underWay(rows: readonly Asked[]): UnderWay[] {
  const found = new Map<string, UnderWay>();
  for (const each of rows) {
    const agreement = each.agreement ?? each.id;
    const before = found.get(agreement) ?? { agreement, long: undefined, short: undefined, state: each.state, since: each.updated_at };
    found.set(agreement, { ...before, [each.side]: each, since: Math.max(before.since, each.updated_at) });
  }
  return [...found.values()].sort((one, other) => other.since - one.since);
}

/** What an agreement waits for, by the state of its requests. */
export const WAITS: Readonly<Partial<Record<Asked["state"], { tag: string; tone: "plain" | "wait" | "good"; waits: string }>>> = {
  matched: { tag: "Matched", tone: "plain", waits: "The desk makes the final terms and sends them; nothing to do." },
  terms_sent: { tag: "Terms sent", tone: "wait", waits: "Both sides' approval. After the deadline both requests are open again." },
  approved_by_one: { tag: "One side approved", tone: "wait", waits: "The other side's approval. After the deadline both requests are open again." },
  approved_by_both: { tag: "Both approved", tone: "good", waits: "The desk's worker, which books it. If it stays so: the worker's log says what is missing, a side's money or the live price." },
};
