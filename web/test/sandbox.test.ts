// The sandbox's wallet before a desk that is played here: what it passes on, and what it says no to.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { forwardIn } from "../src/sandbox/travel.ts";
import { walletOf, type Confirm } from "../src/sandbox/wallet.ts";

const ACCOUNT = { name: "long treasury", address: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC" };
const kept = new Map<string, string>();
let sent: { account: string; method: string; params: unknown[] }[] = [];
let answer: { ok: boolean; body: unknown } = { ok: true, body: { result: "0x1" } };

beforeEach(() => {
  kept.clear();
  sent = [];
  answer = { ok: true, body: { result: "0x1" } };
  Object.assign(globalThis, {
    sessionStorage: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    },
    fetch: async (_: string, init: { body: string }) => {
      sent.push(JSON.parse(init.body) as (typeof sent)[number]);
      return { ok: answer.ok, json: async () => answer.body };
    },
  });
});

function wallet(confirm: Confirm = async () => true) {
  const { request } = walletOf(ACCOUNT, 31337, confirm);
  return (method: string, ...params: unknown[]) => request({ method, params });
}

const refused = (code: number) => (error: unknown) => (error as { code: number }).code === code;

test("it shows its account to a page that asked for it, until it is told to stop", async () => {
  const ask = wallet();
  assert.deepEqual(await ask("eth_accounts"), []);
  await assert.rejects(ask("personal_sign", "0x6869", ACCOUNT.address), refused(4100));
  assert.deepEqual(await ask("eth_requestAccounts"), [ACCOUNT.address]);
  assert.deepEqual(await ask("eth_accounts"), [ACCOUNT.address]);
  await ask("wallet_revokePermissions");
  assert.deepEqual(await ask("eth_accounts"), []);
  assert.deepEqual(sent, []);
});

test("it signs after a yes, and after a no it does not", async () => {
  const asked: string[] = [];
  let yes = false;
  const ask = wallet(async ({ method }) => { asked.push(method); return yes; });
  await ask("eth_requestAccounts");
  await assert.rejects(ask("eth_sendTransaction", { from: ACCOUNT.address }), refused(4001));
  assert.deepEqual(sent, []);
  yes = true;
  assert.equal(await ask("eth_sendTransaction", { from: ACCOUNT.address }), "0x1");
  assert.deepEqual(sent, [{ account: ACCOUNT.address, method: "eth_sendTransaction", params: [{ from: ACCOUNT.address }] }]);
  assert.deepEqual(asked, ["eth_sendTransaction", "eth_sendTransaction"]);
});

test("reads go to the node unasked, and its errors come back as they are", async () => {
  const ask = wallet(async () => assert.fail("nobody is asked"));
  assert.equal(await ask("eth_blockNumber"), "0x1");
  answer = { ok: true, body: { error: { code: 3, message: "execution reverted", data: "0x08c3" } } };
  await assert.rejects(ask("eth_call", {}), { code: 3, message: "execution reverted", data: "0x08c3" });
  answer = { ok: false, body: { title: "the sandbox's wallet does not know evm_mine" } };
  await assert.rejects(ask("evm_mine"), refused(-32603));
});

test("there is one chain", async () => {
  const ask = wallet();
  assert.equal(await ask("wallet_switchEthereumChain", { chainId: "0x7a69" }), null);
  await assert.rejects(ask("wallet_switchEthereumChain", { chainId: "0x1" }), refused(4902));
});

test("a position's page names its forward, and no other page does", () => {
  const id = `0x${"ab".repeat(32)}`;
  assert.equal(forwardIn(`/positions/${id}`), id);
  for (const path of ["/positions", "/positions/", `/agreements/${id}`, `/positions/${id}/x`, "/positions/01J"]) assert.equal(forwardIn(path), undefined);
});
