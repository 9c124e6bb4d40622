// What can go wrong between the page and a wallet, a node or a contract, in words for people: what happened, and what
// they do next. Whoever calls over the network gets a `Result`; inside, a `Refusal` carries the same problem upwards.
import { REVERTS } from "./reverts.ts";

/** What a page may decide on. */
export type ProblemKind =
  | "rejected" // 4001: the user said no in the wallet
  | "pending" // -32002: the wallet has an earlier question open
  | "unauthorised" // 4100: the wallet has not been connected to this site, or not with this account
  | "unsupported" // 4200: the wallet does not know the method
  | "disconnected" // 4900, 4901: the wallet has no connection to its chain
  | "wrong chain" // the wallet is on another chain
  | "unknown chain" // 4902: the wallet does not know the chain yet
  | "wrong account" // the wallet offers or signed with another account
  | "reverted" // a contract refused: `reason`
  | "no gas" // the account cannot pay for the transaction
  | "unreachable" // no answer, or none that can be read
  | "timed out"
  | "busy" // another tab of this page is at it
  | "asked" // a wallet may still hold the same question from before a reload
  | "untrue" // the desk's word does not agree with what was computed here
  | "bad value" // something cannot be read
  | "other";

/** One thing that went wrong. */
export interface Problem {
  readonly kind: ProblemKind;
  /** One sentence: what happened. */
  readonly what: string;
  /** One sentence: what to do now. */
  readonly cure: string;
  /** The contract's own words, where it refused and gave any. */
  readonly reason?: string;
  /** The wallet's or the node's error code, where there was one. */
  readonly code?: number;
}

/** An answer, or why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** A problem on its way up; `attempt` turns it into a `Result`. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.what);
    this.problem = problem;
  }
}

/** Refuse a value that cannot be read. */
export function badValue(what: string, cure: string): Refusal {
  return new Refusal({ kind: "bad value", what, cure });
}

/** Run something that asks a wallet or a node: what it throws becomes the problem of the result. */
export async function attempt<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

const CURES: Readonly<Partial<Record<ProblemKind, readonly [what: string, cure: string]>>> = {
  rejected: ["You declined it in the wallet.", "Nothing was sent or signed. Start it again when you are ready."],
  pending: ["The wallet is still waiting for your answer to an earlier question.", "Open the wallet and answer there."],
  unauthorised: ["The wallet has not allowed this site to use that account.", "Connect the wallet again and choose the account."],
  unsupported: ["The wallet does not offer what is needed here.", "Use another wallet, or the Safe file and the command line instead."],
  disconnected: ["The wallet has lost its connection to the chain.", "Check the network in the wallet, then try again."],
  "unknown chain": ["The wallet does not know this chain yet.", "Add the chain in the wallet, then try again."],
  "no gas": ["The account cannot pay for the transaction itself.", "Send it some of the chain's own coin; USDT does not pay for gas."],
  "timed out": ["There was no answer in time.", "Check the connection and try again; nothing is lost."],
  unreachable: ["The node gave no answer that can be read.", "Check the connection and try again; nothing is lost."],
};
const BY_CODE: Readonly<Record<number, ProblemKind>> = {
  4001: "rejected",
  4100: "unauthorised",
  4200: "unsupported",
  4900: "disconnected",
  4901: "disconnected",
  4902: "unknown chain",
  [-32002]: "pending",
  [-32601]: "unsupported",
};
const NESTED = ["data", "error", "originalError", "cause", "info"] as const;
const REVERTED =
  /(?:execution reverted|reverted with reason string|vm exception while processing transaction: revert)[:\s]*['"]?(.*?)['"]?$/i;
const NO_FUNDS = /insufficient ?funds|cannot afford|enough balance|gas required exceeds allowance/i;
const LONGEST = 300; // characters of another's text that a page repeats

/** A problem of a kind with its usual words, or with others. */
export function problem(kind: ProblemKind, more: Partial<Omit<Problem, "kind">> = {}): Problem {
  const [what, cure] = CURES[kind] ?? ["Something went wrong.", "Try again."];
  return { kind, what, cure, ...more };
}

/** What a thrown value of a wallet, a node, `fetch` or this page means. Never throws. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) {
    return error.problem;
  }
  const layers = layersOf(error);
  const code = layers.map((each) => each["code"]).find((each): each is number => typeof each === "number" && each in BY_CODE);
  const text = textOf(error, layers);
  const data = layers.map((each) => each["data"]).find((each): each is string => typeof each === "string" && /^0x/.test(each));
  const known = code === undefined ? undefined : BY_CODE[code];
  if (code !== undefined && known !== undefined) {
    return problem(known, { code });
  }
  if (layers.some((each) => each["code"] === "ACTION_REJECTED") || /user (?:rejected|denied|cancelled|canceled)/i.test(text)) {
    return problem("rejected");
  }
  if (NO_FUNDS.test(text)) {
    return problem("no gas");
  }
  if ((data !== undefined && data.length > 2) || REVERTED.test(text)) {
    return reverted(reasonOf(data, text));
  }
  const given = layers.map((each) => each["code"]).find((each): each is number => typeof each === "number");
  const cure = "Try again; if it stays, the words above say what the wallet or the node objects to.";
  return problem("other", { what: text, cure, ...(given === undefined ? {} : { code: given }) });
}

/** A contract's refusal with its cure; `reason` is empty where it gave none. */
export function reverted(reason: string): Problem {
  const cure = REVERTS[reason] ?? "Nothing of it happened. Look at the figures again before another attempt.";
  return { kind: "reverted", what: reason ? `The contract refused it: ${reason}.` : "The contract refused it without a reason.", cure, reason };
}

type Layer = Readonly<Record<string, unknown>>;

/** An error and what wallets and nodes wrap inside of it, outermost first. */
function layersOf(error: unknown): readonly Layer[] {
  const found: Layer[] = [];
  const waiting: unknown[] = [error];
  while (waiting.length > 0 && found.length < 12) {
    const each = waiting.shift();
    if (typeof each === "object" && each !== null && !found.includes(each as Layer)) {
      found.push(each as Layer);
      waiting.push(...NESTED.map((name) => (each as Layer)[name]));
    }
  }
  return found;
}

function textOf(error: unknown, layers: readonly Layer[]): string {
  const said = layers.map((each) => each["message"]).filter((each): each is string => typeof each === "string" && each !== "");
  // The innermost is the node's own word, unless an outer one says more about a refusal.
  const text = said.find((each) => REVERTED.test(each)) ?? said.at(-1) ?? (typeof error === "string" ? error : "");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text || "The wallet or the node gave no reason.";
}

/** The text of `Error(string)`, else what the node's words say; empty where there is none. */
function reasonOf(data: string | undefined, text: string): string {
  if (data !== undefined && data.startsWith("0x08c379a0")) {
    const length = Number.parseInt(data.slice(74, 138), 16);
    const bytes = data.slice(138, 138 + 2 * length).match(/../g) ?? [];
    return new TextDecoder().decode(Uint8Array.from(bytes, (each) => Number.parseInt(each, 16)));
  }
  const reason = REVERTED.exec(text)?.[1] ?? "";
  return /^(?:0x|\(|no data|b'')/.test(reason) ? "" : reason;
}
