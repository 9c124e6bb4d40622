// One intent is sent once, whatever tabs, reloads and wallets do; and what became of it is never guessed.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inMemory, keepIn } from "../src/chain/keep.ts";
import type { Result } from "../src/chain/problem.ts";
import { look, watch } from "../src/chain/tracking.ts";
import { forgetSent, type Intent, recordOf, send, type Sent, simulate, unfinished } from "../src/chain/transactions.ts";
import type { Hex } from "../src/chain/values.ts";
import { ESCROW, FakeNode, LONG } from "./fake-node.ts";

const HASH: Hex = `0x${"ab".repeat(32)}`;
const OTHER: Hex = `0x${"cd".repeat(32)}`;
const intent: Intent = { key: "settle:1", what: "Settle the forward", chainId: 31337, account: LONG, call: { to: ESCROW, data: "0x1234" } };
const REVERT = {
  code: 3,
  message: "execution reverted",
  data: `0x08c379a0${"20".padStart(64, "0")}${"17".padStart(64, "0")}${Buffer.from("escrow: before maturity").toString("hex").padEnd(64, "0")}`,
};

function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? "" : result.problem.what);
  return result.value;
}

function kind(result: Result<unknown>): string {
  return result.ok ? "fine" : result.problem.kind;
}

/** A node whose wallet sends under `HASH`. */
function willing(node = new FakeNode()): FakeNode {
  node.answers["eth_sendTransaction"] = () => {
    node.pool.set(HASH, node.transaction(HASH));
    return HASH;
  };
  return node;
}

beforeEach(() => keepIn(inMemory()));

test("a call that the contract refuses is shown with its cure before the wallet opens", async () => {
  const node = willing(new FakeNode({ eth_call: () => Promise.reject(REVERT) }));
  const found = await send(node.request, intent);
  assert.equal(kind(found), "reverted");
  assert.equal(!found.ok && found.problem.reason, "escrow: before maturity");
  assert.match(!found.ok ? found.problem.cure : "", /maturity day/);
  assert.equal(node.times("eth_sendTransaction"), 0);
  assert.equal(recordOf(intent), null);
});

test("an account without coin is told so, and one with code may have others pay", async () => {
  const poor = willing(new FakeNode({ eth_getBalance: () => "0x0" }));
  assert.equal(kind(await simulate(poor.request, LONG, intent.call)), "no gas");
  poor.answers["eth_getCode"] = () => "0xef0100aa";
  assert.equal(value(await simulate(poor.request, LONG, intent.call)), 21_000n);
});

test("the record is written before the wallet answers, and holds the hash afterwards", async () => {
  const node = new FakeNode();
  let during: Sent | null = null;
  node.answers["eth_sendTransaction"] = () => {
    during = recordOf(intent);
    return HASH;
  };
  const sent = value(await send(node.request, intent));
  assert.equal(during!.hash, null);
  assert.equal(sent.hash, HASH);
  assert.deepEqual(recordOf(intent), sent);
  assert.deepEqual(unfinished(31337, LONG), [sent]);
});

test("the same intent is not sent twice: the second asker gets the first one's record", async () => {
  const node = willing();
  const [first, second] = [value(await send(node.request, intent)), value(await send(node.request, intent))];
  assert.deepEqual(second, first);
  assert.equal(node.times("eth_sendTransaction"), 1);
});

test("a second tab is busy while the first one's wallet is open", async () => {
  const node = willing();
  let answer = (_: unknown): void => undefined;
  node.answers["eth_sendTransaction"] = () => new Promise((resolve) => (answer = resolve));
  const first = send(node.request, intent);
  while (node.times("eth_sendTransaction") === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(kind(await send(node.request, { ...intent, key: "withdraw" })), "busy");
  answer(HASH);
  assert.equal(value(await first).hash, HASH);
});

test("after a reload with the wallet open the page says so, and asks again only when told to", async () => {
  const node = willing();
  node.answers["eth_sendTransaction"] = () => Promise.reject({ code: 4900, message: "gone" });
  assert.equal(kind(await send(node.request, intent)), "disconnected");
  assert.equal(recordOf(intent)!.hash, null);
  assert.equal(kind(await send(willing(node).request, intent)), "asked");
  assert.equal((await look(node.request, recordOf(intent)!)).state, "asked");
  assert.equal(value(await send(node.request, intent, { again: true })).hash, HASH);
});

test("what the wallet sent while the page was reloaded is found on the chain", async () => {
  const node = willing();
  node.answers["eth_sendTransaction"] = () => Promise.reject({ code: 4900, message: "gone" });
  await send(node.request, intent);
  node.mine(node.transaction(OTHER, { nonce: "0x9", input: "0xffff" }));
  assert.equal((await look(node.request, recordOf(intent)!)).state, "asked");
  node.mine(node.transaction(HASH));
  const fate = await look(node.request, recordOf(intent)!);
  assert.deepEqual(fate, { state: "confirmed", hash: HASH, block: 12, final: false });
});

test("a user who declines leaves no record", async () => {
  const node = new FakeNode({ eth_sendTransaction: () => Promise.reject({ code: 4001, message: "User rejected the request." }) });
  assert.equal(kind(await send(node.request, intent)), "rejected");
  assert.equal(recordOf(intent), null);
  assert.equal(kind(await send(willing(node).request, intent)), "fine");
});

test("nothing is sent on another chain, and its absence there says nothing", async () => {
  const node = willing();
  node.chainId = 1;
  assert.equal(kind(await send(node.request, intent)), "wrong chain");
  node.chainId = 31337;
  const sent = value(await send(node.request, intent));
  node.chainId = 1;
  const fate = await look(node.request, sent);
  assert.equal(fate.state, "unknown");
  assert.equal(fate.state === "unknown" && fate.problem.kind, "wrong chain");
});

test("pending, confirmed and final follow one another, and a later intent of the same key is sent anew", async () => {
  const node = willing();
  const sent = value(await send(node.request, intent));
  assert.deepEqual(await look(node.request, sent), { state: "pending", hash: HASH });
  assert.equal(recordOf(intent)!.nonce, 5);
  node.mine(node.transaction(HASH));
  assert.deepEqual(await look(node.request, sent), { state: "confirmed", hash: HASH, block: 11, final: false });
  node.block += 2;
  assert.deepEqual(await look(node.request, sent), { state: "confirmed", hash: HASH, block: 11, final: true });
  assert.deepEqual(unfinished(31337, LONG), []);
  await send(node.request, intent);
  assert.equal(node.times("eth_sendTransaction"), 2);
});

test("a mined refusal is replayed for its reason", async () => {
  const node = willing();
  const sent = value(await send(node.request, intent));
  node.mine(node.transaction(HASH), "0x0");
  node.answers["eth_call"] = () => Promise.reject(REVERT);
  const fate = await look(node.request, sent);
  assert.equal(fate.state, "reverted");
  assert.equal(fate.state === "reverted" && fate.problem.reason, "escrow: before maturity");
});

test("a copy with more gas is the same transaction; another one in its place is not", async () => {
  for (const [input, state] of [["0x1234", "confirmed"], ["0x", "replaced"]] as const) {
    keepIn(inMemory());
    const node = willing();
    const sent = value(await send(node.request, intent));
    await look(node.request, sent); // learns the nonce
    node.pool.clear();
    node.mine(node.transaction(OTHER, { input }));
    const fate = await look(node.request, recordOf(intent)!);
    assert.equal(fate.state, state);
    assert.equal(fate.state === "confirmed" ? fate.hash : fate.state === "replaced" && fate.by, OTHER);
  }
});

test("what a node lost is dropped only if it had it, and unknown where it never did", async () => {
  const node = willing();
  const sent = value(await send(node.request, intent));
  node.pool.clear();
  assert.equal((await look(node.request, sent)).state, "unknown");
  node.pool.set(HASH, node.transaction(HASH));
  await look(node.request, sent);
  node.pool.clear();
  assert.equal((await look(node.request, recordOf(intent)!)).state, "dropped");
});

test("a node that fails says nothing, and the next look goes on", async () => {
  const node = willing();
  const sent = value(await send(node.request, intent));
  const told: string[] = [];
  node.answers["eth_getTransactionReceipt"] = () => {
    delete node.answers["eth_getTransactionReceipt"];
    return Promise.reject({ code: -32000, message: "header not found" });
  };
  const onChange = (fate: { readonly state: string }): void => {
    told.push(fate.state);
    if (told.length === 2) {
      node.mine(node.transaction(HASH));
    }
  };
  const fate = await watch(node.request, sent, { onChange, signal: new AbortController().signal, every: 1 });
  assert.deepEqual(told, ["unknown", "pending", "confirmed"]);
  assert.equal(fate.state, "confirmed");
});

test("a record that the user gave up does not come back with a late look", async () => {
  const node = willing();
  const sent = value(await send(node.request, intent));
  forgetSent(sent);
  await look(node.request, sent);
  assert.equal(recordOf(intent), null);
});

test("what others left in the store is no record", () => {
  const documents = new Map([[`ifx.sent.31337.${LONG}.settle:1`, '{"hash": "javascript:alert(1)"}'], [`ifx.sent.31337.${LONG}.x`, "not json"]]);
  keepIn(inMemory(documents));
  assert.equal(recordOf(intent), null);
  assert.deepEqual(unfinished(31337, LONG), []);
});
