// Whatever stands between a question and its answer, as one type: what happened, and what to do about it.

/**
 * - `refused`: the desk said no; nothing was done. `slug` says why.
 * - `signed-out`: nobody is signed in, or the session is over.
 * - `not-now`: the desk, or what it depends on, is not able at the moment; ask again.
 * - `unreachable`: no answer. A write may have been done: repeat it with the same key.
 * - `fault`: a mistake of the desk's, or an answer that is no desk's.
 */
export type ProblemKind = "refused" | "signed-out" | "not-now" | "unreachable" | "fault";

export class Problem extends Error {
  override name = "Problem";
  constructor(
    readonly kind: ProblemKind,
    /** What was refused and why; one sentence without a stop. */
    readonly title: string,
    /** What to do; whole sentences, or empty. */
    readonly cure: string,
    /** Last part of the problem's type: `wrong-state`, `not-found`, `bad-request`, ... */
    readonly slug: string = kind,
    /** HTTP status; 0 without an answer. */
    readonly status: number = 0,
    /** The value that cannot be taken, where one is to blame. */
    readonly field: string = "",
    /** Seconds to wait, where the desk says so. */
    readonly retryAfter: number = 0,
  ) {
    super(title);
  }

  /** The same as a whole sentence. */
  get what(): string {
    return sentence(this.title);
  }

  /** Whether the same can be asked again without a change. */
  get again(): boolean {
    return this.kind === "not-now" || this.kind === "unreachable" || this.slug === "too-many-requests";
  }
}

/** `the desk does not answer` -> `The desk does not answer.` */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

const PREFIX = "urn:ifx:desk:";

/** The problem that an answer tells; what is no problem+json is a fault, or a proxy's "not now". */
export async function problemOf(answer: Response): Promise<Problem> {
  const status = answer.status;
  const wait = Number(/^\d{1,6}$/.exec(answer.headers.get("Retry-After") ?? "")?.[0] ?? 0);
  const busy = [429, 502, 503, 504].includes(status);
  if (!answer.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    if (busy) return new Problem("not-now", "the desk is not able to answer at the moment", "", "not-now", status);
    return new Problem("fault", `an answer that is no desk's (status ${status})`, "Load the page again.", "fault", status);
  }
  const body = (await answer.json()) as Partial<Record<"type" | "title" | "cure" | "field", unknown>>;
  const text = (found: unknown) => (typeof found === "string" ? found : "");
  const slug = text(body.type).startsWith(PREFIX) ? text(body.type).slice(PREFIX.length) : "refused";
  const kind: ProblemKind =
    slug === "not-signed-in" ? "signed-out" : busy && status !== 429 ? "not-now" : status >= 500 ? "fault" : "refused";
  return new Problem(kind, text(body.title) || `status ${status}`, text(body.cure), slug, status, text(body.field), wait);
}

/** No answer came. */
export function unreachable(): Problem {
  const here = globalThis.navigator?.onLine !== false;
  return new Problem(
    "unreachable",
    here ? "the desk does not answer" : "this computer is offline",
    here ? "The page tries again by itself." : "The page goes on when the network is back.",
  );
}
