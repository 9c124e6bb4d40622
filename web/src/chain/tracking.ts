// What became of a transaction. One look reads the chain and decides; `watch` looks again and again. Nothing is guessed:
// "confirmed", "reverted" and "replaced" are the chain's word, "dropped" and "unknown" say that there is none.
import { attempt, problem, type Problem, problemOf, reverted } from "./problem.ts";
import { blockNumber, finalizedBlock, holdChain, nonceOf, type Request, withTimeLimit } from "./request.ts";
import { isSame, keepRecord, type NodeTransaction, readTransaction, recordOf, type Sent, wholeBlock } from "./transactions.ts";
import { type Hex, quantity, readObject, readQuantity } from "./values.ts";

/** Where a transaction stands. */
export type Fate =
  /** The wallet was asked and has not answered; no transaction of this kind was mined since. */
  | { readonly state: "asked" }
  /** A node has it, and it waits for a block. */
  | { readonly state: "pending"; readonly hash: Hex }
  /** It is in a block; `final` once the chain's finalized block has it. */
  | { readonly state: "confirmed"; readonly hash: Hex; readonly block: number; readonly final: boolean }
  /** It is in a block, and the contract refused it: nothing of it happened but its gas. */
  | { readonly state: "reverted"; readonly hash: Hex; readonly block: number; readonly final: boolean; readonly problem: Problem }
  /** Another transaction of the account took its place (`by`, where it was found): nothing of it happened. */
  | { readonly state: "replaced"; readonly hash: Hex | null; readonly by: Hex | null; readonly problem: Problem }
  /** The node had it and has it no more; its place is free. It may still come back. */
  | { readonly state: "dropped"; readonly hash: Hex; readonly problem: Problem }
  /** Nobody can say now. */
  | { readonly state: "unknown"; readonly hash: Hex | null; readonly problem: Problem };

const SEARCHED = 300; // blocks in which a replacement is looked for, newest first

/** Look once. Learns on the way: the nonce, another hash of the same call; the record in the store is kept up to date. */
export async function look(request: Request, record: Sent): Promise<Fate> {
  const ask = withTimeLimit(request);
  const found = await attempt(() => fateOf(ask, record));
  return found.ok ? found.value : { state: "unknown", hash: record.hash, problem: found.problem };
}

async function fateOf(ask: Request, record: Sent): Promise<Fate> {
  await holdChain(ask, record.chainId); // on another chain its absence would say nothing
  // The nonce is read first: what is mined in between is then found below, and never taken for replaced.
  const used = await nonceOf(ask, record.account);
  if (record.hash !== null) {
    const fate = await fateOfHash(ask, record, record.hash);
    if (fate !== null) {
      return fate;
    }
  }
  if (used <= (record.nonce ?? record.nextNonce)) {
    return lost(record);
  }
  const other = await minedSince(ask, record);
  if (other !== null && isSame(other, record)) {
    // The wallet sent it under a hash that this page was not told: after a reload, or again with more gas.
    const next = keep(record, { hash: other.hash, nonce: other.nonce });
    return (await fateOfHash(ask, next, other.hash)) ?? lost(next);
  }
  return record.nonce === null ? lost(record) : replaced(record, other);
}

/** Mined or waiting under this hash; null where the node does not know it. */
async function fateOfHash(ask: Request, record: Sent, hash: Hex): Promise<Fate | null> {
  const receipt = await ask({ method: "eth_getTransactionReceipt", params: [hash] });
  if (receipt !== null && receipt !== undefined) {
    return mined(ask, record, hash, readObject(receipt, "receipt"));
  }
  const waiting = readTransaction(await ask({ method: "eth_getTransactionByHash", params: [hash] }));
  if (waiting === null) {
    return null;
  }
  keep(record, { nonce: waiting.nonce });
  return { state: "pending", hash };
}

async function mined(ask: Request, record: Sent, hash: Hex, receipt: Readonly<Record<string, unknown>>): Promise<Fate> {
  const block = Number(readQuantity(receipt["blockNumber"], "block number"));
  const finalized = await finalizedBlock(ask);
  const where = { hash, block, final: finalized !== null && finalized >= block };
  if (receipt["status"] !== "0x0") {
    keep(record, { over: "confirmed" });
    return { state: "confirmed", ...where };
  }
  const why = await whyReverted(ask, record, block);
  keep(record, { over: "reverted" });
  return { state: "reverted", ...where, problem: why };
}

/** A receipt does not say why: replay the call as of its block, then as of the one before. */
async function whyReverted(ask: Request, { account, call }: Sent, block: number): Promise<Problem> {
  for (const at of [block, block - 1]) {
    try {
      await ask({ method: "eth_call", params: [{ from: account, to: call.to, data: call.data }, quantity(at)] });
    } catch (error) {
      const found = problemOf(error);
      if (found.kind === "reverted") {
        return found;
      }
    }
  }
  return reverted("");
}

/** What the account mined since the wallet was asked: under the record's nonce, or the same call where that is not
 * known. Null where the newest blocks have none. */
async function minedSince(ask: Request, record: Sent): Promise<NodeTransaction | null> {
  const last = await blockNumber(ask);
  for (let number = last; number > Math.max(record.block, last - SEARCHED); number -= 1) {
    const block = (await ask({ method: "eth_getBlockByNumber", params: wholeBlock(number) })) as { readonly transactions?: unknown } | null;
    const all = Array.isArray(block?.transactions) ? block.transactions.map(readTransaction) : [];
    const own = all.filter((each) => each !== null).filter((each) => each.from === record.account.toLowerCase());
    const found = own.find((each) => (record.nonce === null ? isSame(each, record) : each.nonce === record.nonce));
    if (found) {
      return found;
    }
  }
  return null;
}

function lost(record: Sent): Fate {
  const { hash } = record;
  if (hash === null) {
    return { state: "asked" };
  }
  if (record.nonce === null) {
    // Some wallets answer with a number of their own that never is a transaction's.
    const what = "The chain's node does not know the transaction that the wallet named.";
    return { state: "unknown", hash, problem: problem("other", { what, cure: "Look in the wallet what became of it before you send it again." }) };
  }
  const what = "The chain's node has dropped the transaction without mining it.";
  return { state: "dropped", hash, problem: problem("other", { what, cure: "Speed it up or cancel it in the wallet; else send it again." }) };
}

function replaced(record: Sent, by: NodeTransaction | null): Fate {
  keep(record, { over: "replaced" });
  const what = by === null ? "Another transaction of the account took its place." : `The transaction ${by.hash} of the account took its place.`;
  const why = problem("other", { what, cure: "Nothing of it happened. Send it again if you still want it." });
  return { state: "replaced", hash: record.hash, by: by?.hash ?? null, problem: why };
}

/** Write down what was learned, unless the record was given up or superseded meanwhile. */
function keep(record: Sent, learned: Partial<Pick<Sent, "hash" | "nonce" | "over">>): Sent {
  const next = { ...record, ...learned };
  const there = recordOf(record);
  if (there !== null && there.at === record.at) {
    keepRecord({ ...there, ...learned });
  }
  return next;
}

/** Options of `watch`. */
export interface Watching {
  /** Told of each look. */
  readonly onChange: (fate: Fate) => void;
  /** Stops it: when the user leaves the page. */
  readonly signal: AbortSignal;
  /** Milliseconds between looks. */
  readonly every?: number;
  /** Go on until the chain's finalized block has it. */
  readonly untilFinal?: boolean;
}

/** Look until the transaction has its end, or the signal stops it. A look that fails is told as "unknown", and the next
 * one follows. The answer is the last one told. */
export async function watch(request: Request, record: Sent, { onChange, signal, every = 2_000, untilFinal = false }: Watching): Promise<Fate> {
  for (;;) {
    const fate = await look(request, recordOf(record) ?? record);
    if (signal.aborted) {
      return fate;
    }
    onChange(fate);
    const isOver = fate.state === "replaced" || ((fate.state === "confirmed" || fate.state === "reverted") && (fate.final || !untilFinal));
    if (isOver) {
      return fate;
    }
    await pause(every, signal);
    if (signal.aborted) {
      return fate;
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const bell = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(bell);
      resolve();
    }, { once: true });
  });
}
