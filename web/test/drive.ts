// The page's chain layer before a real node, for tests/wallets/test_page_*.py: one process is one visit of the page.
//
// stdin:  {"url", "deployment", "store": {key: text}, "wallet": {...}, "do": [{"op", ...}]}
// stdout: {"store": {key: text}, "done": [...], "asked": [method, ...]}; bigints as decimal text
// The wallet is the node's own unlocked accounts, and behaves as `wallet` says.
import { readFileSync } from "node:fs";
import type { Deployment } from "../src/chain/contract.ts";
import type { Provider } from "../src/chain/discovery.ts";
import {
  approveCall, depositCall, fixingOf, forwardOf, freeBalance, hasLeft, isApproved, isDeployment, isSettleable, latestFixing, novateCall,
  onchainDigest, payoutsAt, revokeCall, settleCall, settleManyCall, settlementPrice, sideOf, terminateCall, underlyingName, withdrawCall,
} from "../src/chain/escrow.ts";
import { lookAtFunding, type Need, runStep } from "../src/chain/funding.ts";
import { endingOf, forwardsOf } from "../src/chain/history.ts";
import { inMemory, keepIn } from "../src/chain/keep.ts";
import { attempt } from "../src/chain/problem.ts";
import { chainTime, type Request } from "../src/chain/request.ts";
import { overHttp } from "../src/chain/rpc.ts";
import { joinOwners } from "../src/chain/safe.ts";
import { approvedBy, signMessage } from "../src/chain/signing.ts";
import { look } from "../src/chain/tracking.ts";
import { send, simulate, unfinished } from "../src/chain/transactions.ts";
import { digestsOf, type Kind, type Message, type Novation, readMessage, safeMessageHash, type Termination } from "../src/chain/typed-data.ts";
import { type Address, type Hex, readUint } from "../src/chain/values.ts";

interface Order {
  readonly op: string;
  readonly account: Address;
  readonly amount: string;
  readonly receiver: Address;
  readonly id: Hex;
  readonly ids: readonly Hex[];
  readonly step: string;
  readonly again: boolean;
  readonly kind: Kind;
  readonly message: unknown;
  readonly approvals: readonly Hex[];
  readonly signature: Hex;
  readonly text: string;
  readonly call: string;
  readonly key: string;
  readonly underlying: string;
  readonly day: string;
}

interface Visit {
  readonly url: string;
  readonly deployment: Deployment;
  readonly store: Readonly<Record<string, string>>;
  readonly wallet: {
    /** The account that signs whatever it is asked for. */
    readonly signs_as?: Address;
    /** Methods that the user declines. */
    readonly declines?: readonly string[];
    /** Blocks that one query of events may span. */
    readonly widest?: number;
    /** Methods after which the page is gone before it hears the answer. */
    readonly loses?: readonly string[];
  };
  readonly do: readonly Order[];
}

const visit = JSON.parse(readFileSync(0, "utf8")) as Visit;
const { deployment, wallet } = visit;
const documents = new Map(Object.entries(visit.store));
keepIn(inMemory(documents));

const node = overHttp(visit.url);
const asked: string[] = [];
const request: Request = async ({ method, params = [] }) => {
  asked.push(method);
  if (wallet.declines?.includes(method)) {
    throw { code: 4001, message: "User rejected the request." };
  }
  if (method === "eth_signTypedData_v4" && wallet.signs_as !== undefined) {
    const typed = JSON.parse(String(params[1])) as { message: Record<string, unknown> };
    return node({ method, params: [wallet.signs_as, JSON.stringify(typed)] });
  }
  if (method === "eth_getLogs" && wallet.widest !== undefined) {
    const { fromBlock, toBlock } = params[0] as { readonly fromBlock: string; readonly toBlock: string };
    if (Number(toBlock) - Number(fromBlock) >= wallet.widest) {
      throw { code: -32005, message: "query exceeds max block range" };
    }
  }
  const answer = await node({ method, params });
  if (wallet.loses?.includes(method)) {
    throw { code: 4900, message: "the page is gone" };
  }
  return answer;
};
const provider: Provider = { request };
const chain = { chainId: deployment.chainId, name: "Test", rpcUrls: [visit.url] };

function messageOf({ kind, message }: Order): Message {
  return readMessage(kind, message);
}

function callOf(order: Order) {
  switch (order.call) {
    case "deposit":
      return depositCall(deployment, readUint(order.amount));
    case "withdraw":
      return withdrawCall(deployment, readUint(order.amount), order.receiver);
    case "settle":
      return settleCall(deployment, order.id);
    case "settle_many":
      return settleManyCall(deployment, order.ids);
    case "approve":
      return approveCall(deployment, messageOf(order));
    case "revoke":
      return revokeCall(deployment, messageOf(order));
    case "terminate":
      return terminateCall(deployment, messageOf(order) as Termination, order.approvals as [Hex, Hex]);
    case "novate":
      return novateCall(deployment, messageOf(order) as Novation, order.approvals as [Hex, Hex, Hex]);
    default:
      throw new Error(`no call ${order.call}`);
  }
}

function need({ account, amount }: Order): Need {
  return { deployment, account, amount: readUint(amount) };
}

const OPS: Readonly<Record<string, (order: Order) => Promise<unknown>>> = {
  funding: (order) => lookAtFunding(request, need(order)),
  async step(order) {
    const found = await lookAtFunding(request, need(order));
    const step = found.ok ? found.value.steps.find((each) => each.name === order.step) : undefined;
    return step === undefined ? found : runStep(provider, need(order), step, chain, { again: order.again });
  },
  sign: (order) => signMessage(provider, deployment, order.account, messageOf(order)),
  by: (order) => attempt(() => approvedBy(request, deployment, order.account, digestsOf(messageOf(order), { ...deployment }).id, order.signature)),
  owners: (order) =>
    attempt(() => joinOwners(request, safeMessageHash(digestsOf(messageOf(order), { ...deployment }).id, order.account, deployment.chainId), order.text)),
  simulate: (order) => simulate(request, order.account, callOf(order)),
  send: (order) =>
    send(request, { key: order.key ?? order.call, what: "Do it", chainId: deployment.chainId, account: order.account, call: callOf(order) }, { again: order.again }),
  resume: async (order) => Promise.all(unfinished(deployment.chainId, order.account).map((each) => look(request, each))),
  digest: (order) => onchainDigest(request, deployment, messageOf(order)),
  forward: (order) => forwardOf(request, deployment, order.id),
  price: async (order) => settlementPrice(request, deployment, await forwardOf(request, deployment, order.id)),
  ending: async (order) => endingOf(request, deployment, await forwardOf(request, deployment, order.id)),
  forwards: (order) => forwardsOf(request, deployment, order.account),
  async about(order) {
    const found = await forwardOf(request, deployment, order.id);
    return {
      side: sideOf(found, order.account),
      name: await underlyingName(request, deployment, found.underlying),
      settleable: await isSettleable(request, deployment, order.id),
      approved: await isApproved(request, deployment, order.id, order.account),
      left: await hasLeft(request, deployment, order.id, order.account),
      free: await freeBalance(request, deployment, order.account),
      payouts: await payoutsAt(request, deployment, order.id, 7_000_000n),
    };
  },
  fixings: async ({ underlying, day }) => ({
    today: await fixingOf(request, deployment, underlying, readUint(day)),
    before: await fixingOf(request, deployment, underlying, readUint(day) - 1n),
    latest: await latestFixing(request, deployment, underlying),
    now: await chainTime(request),
    deployment: await isDeployment(request, deployment),
    strange: await isDeployment(request, { ...deployment, token: deployment.oracle }),
  }),
};

const done: unknown[] = [];
for (const order of visit.do) {
  done.push(await OPS[order.op]!(order));
}
const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
process.stdout.write(JSON.stringify({ store: Object.fromEntries(documents), done, asked }, plain));
