// What the escrow's events say: the forwards of an account, and how a forward came to its end. Read from any node in
// ranges as wide as it allows, so that no server of ours is needed.
import { decodeEventLog, encodeEventTopics } from "viem/utils";
import { ESCROW } from "./abi.ts";
import type { Deployment } from "./contract.ts";
import type { Forward } from "./escrow.ts";
import { type Figures, payout, type Side } from "./payoff.ts";
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
type EventName = "ForwardBooked" | "ForwardNovated" | "ForwardSettled" | "ForwardsSettled" | "ForwardTerminated";

/** Every forward in which `account` is or was a side, oldest first. */
export async function forwardsOf(request: Request, deployment: Deployment, account: Address, search: Search = {}): Promise<readonly Part[]> {
  const names = [topicOf("ForwardBooked"), topicOf("ForwardNovated")];
  const padded = `0x${account.slice(2).toLowerCase().padStart(64, "0")}` as Hex;
  // The second indexed argument is the long or who leaves, the third the short or who enters.
  const logs = await logsOf(request, deployment, [[names, null, padded], [names, null, null, padded]], search);
  const found = new Map<Hex, Part>();
  for (const log of logs) {
    const { eventName, args } = decodeEventLog({ abi: ESCROW, topics: log.topics as [Hex, ...Hex[]], data: log.data });
    const { block, tx } = log;
    if (eventName === "ForwardBooked") {
      const side = args.long === account ? "long" : "short";
      found.set(args.id, { id: args.id, side, by: "booking", left: false, block, tx });
    } else if (eventName === "ForwardNovated" && args.incoming === account) {
      const side = await sideEntered(request, deployment, args.id, account);
      found.set(args.id, { id: args.id, side, by: "novation", left: false, block, tx });
    } else if (eventName === "ForwardNovated") {
      const before = found.get(args.id);
      if (before !== undefined) {
        found.set(args.id, { ...before, left: true });
      }
    }
  }
  return [...found.values()].sort((one, other) => one.block - other.block);
}

/** On which side a novation put somebody: the one whose line of owners it stands in. */
async function sideEntered(request: Request, deployment: Deployment, id: Hex, account: Address): Promise<Side> {
  const logs = await logsOf(request, deployment, [[[topicOf("ForwardBooked"), topicOf("ForwardNovated")], id]], {});
  let long: Address | undefined;
  for (const log of logs) {
    const { eventName, args } = decodeEventLog({ abi: ESCROW, topics: log.topics as [Hex, ...Hex[]], data: log.data });
    if (eventName === "ForwardBooked") {
      long = args.long;
    } else if (eventName === "ForwardNovated") {
      long = args.outgoing === long ? args.incoming : long;
      if (args.incoming === account) {
        break;
      }
    }
  }
  return long === account ? "long" : "short";
}

/** How a forward ended; null while it is active. One settlement of many in one call names only the price: the payouts
 * follow from the record. */
export async function endingOf(request: Request, deployment: Deployment, forward: Forward, search: Search = {}): Promise<Ending | null> {
  if (forward.status === "terminated" || forward.status === "settled") {
    const alone = [topicOf("ForwardSettled"), topicOf("ForwardTerminated")];
    const together = [topicOf("ForwardsSettled"), word(forward.underlying), word(forward.maturity / 86_400n)];
    const queries: Topics[] = forward.status === "settled" ? [[alone, forward.id], together] : [[alone, forward.id]];
    for (const log of await logsOf(request, deployment, queries, search)) {
      const found = endingIn(log, forward);
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}

function endingIn(log: Log, forward: Forward): Ending | null {
  const { eventName, args } = decodeEventLog({ abi: ESCROW, topics: log.topics as [Hex, ...Hex[]], data: log.data });
  const { block, tx } = log;
  if (eventName === "ForwardSettled" || eventName === "ForwardTerminated") {
    const how = eventName === "ForwardSettled" ? "settled" : "terminated";
    return { how, price: args.price, long: args.long_payout, short: args.short_payout, block, tx };
  }
  if (eventName === "ForwardsSettled" && args.ids.includes(forward.id)) {
    const figures: Figures = forward;
    const [long, short] = [payout("long", figures, args.price), payout("short", figures, args.price)];
    return { how: "settled", price: args.price, long, short, block, tx };
  }
  return null;
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

function topicOf(eventName: EventName): Hex {
  return encodeEventTopics({ abi: ESCROW, eventName } as Parameters<typeof encodeEventTopics>[0])[0] as Hex;
}

function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
