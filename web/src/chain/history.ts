// What the escrow's events say: the forwards of an account, and how a forward came to its end. Read from any node in
// ranges as wide as it allows, so that no server of ours is needed.
import { ESCROW } from "./abi.ts";
import { type Deployment, eventArgs } from "./contract.ts";
import type { Forward } from "./escrow.ts";
import { payout, type Side } from "./payoff.ts";
import { badValue, problemOf } from "./problem.ts";
import { blockNumber, type Request } from "./request.ts";
import { type Address, type Hex, quantity, readHash, readObject, readQuantity } from "./values.ts";

/** How far a search has come. */
export interface Progress {
  /** Blocks looked at, of all. */
  readonly done: number;
  readonly all: number;
}

/** A search's options. */
export interface Search {
  /** Told after each range. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops it. */
  readonly signal?: AbortSignal;
  /** Begin at this block instead of the deployment's. */
  readonly from?: number;
}

/** A forward in which an account is, or was, a side. */
export interface Part {
  readonly id: Hex;
  /** Its side when it came in. */
  readonly side: Side;
  /** By booking, or by a novation in another's place. */
  readonly by: "booking" | "novation";
  /** Whether a novation has replaced it since. */
  readonly left: boolean;
  /** The block and the transaction by which it came in. */
  readonly block: number;
  readonly tx: Hex;
}

/** How a forward was paid out. */
export interface Ending {
  readonly how: "settled" | "terminated";
  /** The settlement price or the agreed one, micro-USDT per Mtok. */
  readonly price: bigint;
  /** micro-USDT that went to the free balances. */
  readonly long: bigint;
  readonly short: bigint;
  readonly block: number;
  readonly tx: Hex;
}

interface Log {
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly block: number;
  readonly index: number;
  readonly tx: Hex;
}

type Topics = readonly (Hex | readonly Hex[] | null)[];

const { ForwardBooked, ForwardNovated, ForwardSettled, ForwardsSettled, ForwardTerminated } = ESCROW;

/** Every forward in which `account` is or was a side, oldest first. */
export async function forwardsOf(request: Request, deployment: Deployment, account: Address, search: Search = {}): Promise<readonly Part[]> {
  const either = [ForwardBooked.topic, ForwardNovated.topic];
  const padded: Hex = `0x${account.slice(2).toLowerCase().padStart(64, "0")}`;
  // The second indexed argument is the long or who leaves, the third the short or who enters.
  const logs = await logsOf(request, deployment, [[either, null, padded], [either, null, null, padded]], search);
  const found = new Map<Hex, Part>();
  for (const log of logs) {
    const { block, tx } = log;
    if (log.topics[0] === ForwardBooked.topic) {
      const [[id, long]] = eventArgs(ForwardBooked, log, deployment.escrow);
      found.set(id, { id, side: long === account ? "long" : "short", by: "booking", left: false, block, tx });
      continue;
    }
    const [[id, , incoming]] = eventArgs(ForwardNovated, log, deployment.escrow);
    const before = found.get(id);
    if (incoming === account) {
      const side = await sideEntered(request, deployment, id, account);
      found.set(id, { id, side, by: "novation", left: false, block, tx });
    } else if (before !== undefined) {
      found.set(id, { ...before, left: true });
    }
  }
  return [...found.values()].sort((one, other) => one.block - other.block);
}

/** On which side a novation put somebody: the one in whose line of holders it stands. */
async function sideEntered(request: Request, deployment: Deployment, id: Hex, account: Address): Promise<Side> {
  const logs = await logsOf(request, deployment, [[[ForwardBooked.topic, ForwardNovated.topic], id]], {});
  let long: Address | undefined;
  for (const log of logs) {
    if (log.topics[0] === ForwardBooked.topic) {
      [[, long]] = eventArgs(ForwardBooked, log, deployment.escrow);
      continue;
    }
    const [[, outgoing, incoming]] = eventArgs(ForwardNovated, log, deployment.escrow);
    long = outgoing === long ? incoming : long;
    if (incoming === account) {
      break;
    }
  }
  return long === account ? "long" : "short";
}

/** How a forward ended; null while it is active. One settlement of many in one call names only the price: the payouts
 * follow from the record. */
export async function endingOf(request: Request, deployment: Deployment, forward: Forward, search: Search = {}): Promise<Ending | null> {
  const { id, status } = forward;
  const queries: Topics[] = [];
  if (status === "terminated") {
    queries.push([ForwardTerminated.topic, id]);
  } else if (status === "settled") {
    queries.push([ForwardSettled.topic, id], [ForwardsSettled.topic, word(forward.underlying), word(forward.maturity / 86_400n)]);
  }
  const logs = queries.length === 0 ? [] : await logsOf(request, deployment, queries, search);
  const found = logs.map((log) => endingIn(log, deployment, forward)).filter((each) => each !== null);
  return found[0] ?? null;
}

function endingIn(log: Log, { escrow }: Deployment, forward: Forward): Ending | null {
  const { block, tx } = log;
  if (log.topics[0] === ForwardTerminated.topic) {
    const [, [, price, long, short]] = eventArgs(ForwardTerminated, log, escrow);
    return { how: "terminated", price, long, short, block, tx };
  }
  if (log.topics[0] === ForwardSettled.topic) {
    const [, [price, long, short]] = eventArgs(ForwardSettled, log, escrow);
    return { how: "settled", price, long, short, block, tx };
  }
  const [, [, price, ids]] = eventArgs(ForwardsSettled, log, escrow);
  const [long, short] = [payout("long", forward, price), payout("short", forward, price)];
  return ids.includes(forward.id) ? { how: "settled", price, long, short, block, tx } : null;
}

const WIDEST = 1 << 20; // blocks: what nodes refuse is halved, so a first guess costs little

/** The logs of all queries from the deployment's first block on, oldest first and each once. */
async function logsOf(request: Request, deployment: Deployment, queries: readonly Topics[], search: Search): Promise<readonly Log[]> {
  const first = Math.max(search.from ?? 0, deployment.block);
  const last = await blockNumber(request);
  const found = new Map<string, Log>();
  let width = WIDEST;
  let next = first;
  while (next <= last) {
    search.signal?.throwIfAborted();
    const end = Math.min(last, next + width - 1);
    try {
      for (const topics of queries) {
        for (const log of await oneRange(request, deployment.escrow, topics, next, end)) {
          found.set(`${log.block}:${log.index}`, log);
        }
      }
    } catch (error) {
      // Many nodes answer only so many blocks or logs at once, each with words of its own: ask for less.
      const { kind } = problemOf(error);
      if (end === next || (kind !== "other" && kind !== "timed out")) {
        throw error;
      }
      width = Math.max(1, (end - next + 1) >> 1);
      continue;
    }
    next = end + 1;
    search.onProgress?.({ done: next - first, all: last - first + 1 });
  }
  return [...found.values()].sort((one, other) => one.block - other.block || one.index - other.index);
}

async function oneRange(request: Request, address: Address, topics: Topics, from: number, to: number): Promise<readonly Log[]> {
  const filter = { address, topics, fromBlock: quantity(from), toBlock: quantity(to) };
  const found = await request({ method: "eth_getLogs", params: [filter] });
  if (!Array.isArray(found)) {
    throw badValue("The node's answer is no list of events.", "Use another node.");
  }
  return found.map((each: unknown) => {
    const log = readObject(each, "event");
    return {
      topics: log["topics"] as readonly Hex[],
      data: log["data"] as Hex,
      block: Number(readQuantity(log["blockNumber"], "block number")),
      index: Number(readQuantity(log["logIndex"], "event's place")),
      tx: readHash(log["transactionHash"], "transaction hash"),
    };
  });
}

function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
