// Sending: tried out first, remembered before the wallet opens, never twice. One intent ("allow for agreement X") has
// one record in this browser; who asks for it again, in another tab or after a reload, is led to what became of it.
import type { Call } from "./contract.ts";
import { forget, keysOf, remember, remembered, alone } from "./keep.ts";
import { attempt, problem, type Problem, problemOf, Refusal, type Result } from "./problem.ts";
import { blockNumber, coinOf, hasCode, holdChain, nonceOf, type Request, withTimeLimit } from "./request.ts";
import { type Address, type Hex, quantity, readHash, readQuantity } from "./values.ts";

/** What somebody wants done. */
export interface Intent {
  /** Names it in this browser: the same for the same wish, such as `settle:0x…` or `withdraw:0x…`. */
  readonly key: string;
  /** For people, such as "Settle the forward 0x12…". */
  readonly what: string;
  readonly chainId: number;
  readonly account: Address;
  readonly call: Call;
}

/** A transaction of this browser. */
export interface Sent extends Intent {
  /** Null while the wallet was asked and has not answered: after a reload it may still hold the question. */
  readonly hash: Hex | null;
  /** The account's nonce in it, once a node has shown it. */
  readonly nonce: number | null;
  /** The next free nonce, by the node, when the wallet was asked. */
  readonly nextNonce: number;
  /** The newest block when the wallet was asked. */
  readonly block: number;
  /** When the wallet was asked, unix milliseconds of this machine. */
  readonly at: number;
  /** What a page showed of its end last; it is done with and another of its key may follow. */
  readonly over: "confirmed" | "reverted" | "replaced" | null;
}

/** Options of `send`. */
export interface SendOptions {
  /** Ask the wallet again although it may still hold the question, or a node lost sight of the transaction. */
  readonly again?: boolean;
}

/** Try a call out as the account would send it: refused ("reverted", with reason and cure; "no gas") or the gas that it
 * takes. Costs nothing and opens no wallet. */
export async function simulate(request: Request, account: Address, call: Call): Promise<Result<bigint>> {
  const ask = withTimeLimit(request);
  return attempt(async () => {
    const transaction = { from: account, to: call.to, data: call.data };
    await ask({ method: "eth_call", params: [transaction, "latest"] });
    const gas = readQuantity(await ask({ method: "eth_estimateGas", params: [transaction] }), "estimate");
    const price = readQuantity(await ask({ method: "eth_gasPrice" }), "gas price");
    // An account with code may have others pay for its gas.
    if ((await coinOf(ask, account)) < gas * price && !(await hasCode(ask, account))) {
      throw new Refusal(problem("no gas"));
    }
    return gas;
  });
}

/** Have the wallet send a call, after it was tried out. The answer is a record to `look` at: the new one, or the one of
 * the same intent that is still on its way. */
export async function send(request: Request, intent: Intent, { again = false }: SendOptions = {}): Promise<Result<Sent>> {
  return alone(`send.${intent.chainId}.${intent.account}`, async () => {
    const before = recordOf(intent);
    if (before !== null && before.over === null && !again) {
      return before.hash === null ? { ok: false, problem: stillAsked(before) } : { ok: true, value: before };
    }
    const started = await attempt(async () => {
      await holdChain(request, intent.chainId);
      const ask = withTimeLimit(request);
      const [nextNonce, block] = await Promise.all([nonceOf(ask, intent.account, "pending"), blockNumber(ask)]);
      return { ...intent, hash: null, nonce: null, nextNonce, block, at: Date.now(), over: null };
    });
    if (!started.ok) {
      return started;
    }
    const tried = await simulate(request, intent.account, intent.call);
    return tried.ok ? asked(request, started.value) : tried;
  });
}

async function asked(request: Request, record: Sent): Promise<Result<Sent>> {
  keepRecord(record);
  const { account, call } = record;
  try {
    const params = [{ from: account, to: call.to, data: call.data, value: "0x0" }];
    const hash = readHash(await request({ method: "eth_sendTransaction", params }), "wallet's transaction hash");
    const sent = { ...record, hash };
    keepRecord(sent);
    return { ok: true, value: sent };
  } catch (error) {
    const found = problemOf(error);
    // Only where the wallet surely sent nothing the record goes: anything else may have reached the chain.
    if (SURELY_NOT_SENT.has(found.kind)) {
      forgetSent(record);
      return { ok: false, problem: found };
    }
    return { ok: false, problem: { ...found, cure: `${found.cure} Look in the wallet first: it may have sent it.` } };
  }
}

const SURELY_NOT_SENT: ReadonlySet<Problem["kind"]> = new Set(["rejected", "pending", "unauthorised", "unsupported", "no gas", "reverted"]);

function stillAsked(record: Sent): Problem {
  return problem("asked", {
    what: `The wallet was asked before to ${record.what.charAt(0).toLowerCase()}${record.what.slice(1)}, and this page has not heard its answer.`,
    cure: "Look in the wallet: confirm or decline it there. If it shows nothing, ask it again.",
  });
}

// ---------------------------------------------------------------------------------------------------------- records

function placeOf({ chainId, account, key }: Pick<Intent, "chainId" | "account" | "key">): string {
  return `sent.${chainId}.${account}.${key}`;
}

/** The record of an intent; null where it was never asked for. */
export function recordOf(intent: Pick<Intent, "chainId" | "account" | "key">): Sent | null {
  return readRecord(remembered(placeOf(intent)));
}

/** All of an account's records that are not over, oldest first: what a page takes up again after a reload. */
export function unfinished(chainId: number, account: Address): readonly Sent[] {
  const records = keysOf(`sent.${chainId}.${account}.`).map((key) => readRecord(remembered(key)));
  return records.filter((each) => each !== null).filter((each) => each.over === null).sort((one, other) => one.at - other.at);
}

/** Write a record down as it is now. */
export function keepRecord(record: Sent): void {
  remember(placeOf(record), record);
}

/** Forget it: the user has seen its end, or gives it up. */
export function forgetSent(record: Pick<Intent, "chainId" | "account" | "key">): void {
  forget(placeOf(record));
}

/** What other code, an older page or a curious user left in the store is no record. */
function readRecord(value: unknown): Sent | null {
  const found = value as Sent | undefined;
  const isOne =
    typeof found === "object" &&
    found !== null &&
    [found.key, found.what, found.account, found.call?.to, found.call?.data].every((each) => typeof each === "string") &&
    [found.chainId, found.nextNonce, found.block, found.at].every((each) => typeof each === "number") &&
    (found.hash === null || /^0x[0-9a-f]{64}$/.test(found.hash)) &&
    (found.nonce === null || typeof found.nonce === "number");
  return isOne ? found : null;
}

/** A transaction as a node has it. */
export interface NodeTransaction {
  readonly hash: Hex;
  readonly from: string;
  readonly to: string | null;
  readonly input: string;
  readonly nonce: number;
}

/** Read a node's transaction; null for none. */
export function readTransaction(value: unknown): NodeTransaction | null {
  if (typeof value !== "object" || value === null) {
    return null;
  }
  const found = value as Readonly<Record<string, unknown>>;
  return {
    hash: readHash(found["hash"], "transaction hash"),
    from: String(found["from"]).toLowerCase(),
    to: found["to"] === null ? null : String(found["to"]).toLowerCase(),
    input: String(found["input"] ?? found["data"]).toLowerCase(),
    nonce: Number(readQuantity(found["nonce"], "nonce")),
  };
}

/** Whether a node's transaction does what a record wants. */
export function isSame(found: NodeTransaction, record: Sent): boolean {
  return found.to === record.call.to.toLowerCase() && found.input === record.call.data.toLowerCase();
}

/** Parameters of `eth_getBlockByNumber` with whole transactions. */
export function wholeBlock(number: number): readonly unknown[] {
  return [quantity(number), true];
}
