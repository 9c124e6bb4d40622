// What wallets announce is made harmless, and what they answer becomes one of a few outcomes.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { discoverWallets, harmlessIcon, harmlessName, type Provider, type Wallet } from "../src/chain/discovery.ts";
import { inMemory, keepIn } from "../src/chain/keep.ts";
import { problemOf } from "../src/chain/problem.ts";
import { connect, disconnect, reconnect, signText, switchOrAddChain, watchWallet } from "../src/chain/wallet.ts";
import { FakeNode, LONG } from "./fake-node.ts";

const ICON = "data:image/png;base64,iVBORw0KGgo=";
const CHAIN = { chainId: 31337, name: "Sandbox", rpcUrls: ["http://127.0.0.1:8545"] };

beforeEach(() => keepIn(inMemory()));

function provider(node = new FakeNode({ eth_requestAccounts: () => [LONG.toLowerCase()], eth_accounts: () => [LONG] })): Provider {
  return { request: node.request };
}

function wallet(rdns = "org.example", own = provider()): Wallet {
  return { id: `id of ${rdns}`, rdns, name: "A wallet", icon: null, provider: own };
}

/** A window in which these wallets announce themselves when they are asked. */
function windowWith(announced: readonly unknown[], ethereum?: unknown): EventTarget & { ethereum?: unknown } {
  const host: EventTarget & { ethereum?: unknown } = new EventTarget();
  host.ethereum = ethereum;
  host.addEventListener("eip6963:requestProvider", () => announced.forEach((detail) => announce(host, detail)));
  return host;
}

function announce(host: EventTarget, detail: unknown): void {
  host.dispatchEvent(Object.assign(new Event("eip6963:announceProvider"), { detail }));
}

test("each announced wallet is listed once, and window.ethereum only where there is none", () => {
  const [one, other] = [provider(), provider()];
  const info = { uuid: "1", rdns: "org.example", name: "Example", icon: ICON };
  const lists: (readonly Wallet[])[] = [];
  const host = windowWith([{ info, provider: one }, { info, provider: one }, { info: { ...info, uuid: "2" }, provider: one }], provider());
  const stop = discoverWallets((wallets) => lists.push(wallets), host);
  assert.deepEqual(lists.at(-1)!.map((each) => each.name), ["Example"]);
  announce(host, { info: { ...info, uuid: "3", name: "Late" }, provider: other });
  assert.deepEqual(lists.at(-1)!.map((each) => each.name), ["Example", "Late"]);
  stop();
  announce(host, { info: { ...info, uuid: "4" }, provider: provider() });
  assert.equal(lists.at(-1)!.length, 2);

  discoverWallets((wallets) => lists.push(wallets), windowWith([], provider()));
  assert.deepEqual(lists.at(-1)!.map((each) => each.id), ["injected"]);
  discoverWallets((wallets) => lists.push(wallets), windowWith([]));
  assert.deepEqual(lists.at(-1), []);
});

test("announcements that are none are passed over", () => {
  const info = { uuid: "1", rdns: "org.example", name: "Example", icon: ICON };
  for (const detail of [undefined, null, {}, { info }, { info: null, provider: provider() }, { info: { ...info, uuid: 1 }, provider: provider() }]) {
    let found: readonly Wallet[] = [];
    discoverWallets((wallets) => (found = wallets), windowWith([detail]));
    assert.deepEqual(found, []);
  }
});

test("a hostile name is cut to plain text on one line", () => {
  assert.equal(harmlessName("MetaMask"), "MetaMask");
  assert.equal(harmlessName("Meta\u202eksaM\u200b\n  Mask\u0000"), "MetaksaM Mask");
  assert.equal(harmlessName("x".repeat(500)).length, 40);
  assert.equal(harmlessName("<img src=x onerror=alert(1)>"), "<img src=x onerror=alert(1)>"); // text, never markup
  for (const none of ["", "\u200b\u2066", undefined, 7]) {
    assert.equal(harmlessName(none), "A wallet without a name");
  }
});

test("an icon is a data image or nothing", () => {
  assert.equal(harmlessIcon(ICON), ICON);
  assert.equal(harmlessIcon("data:image/svg+xml,%3Csvg/%3E"), "data:image/svg+xml,%3Csvg/%3E");
  for (const none of ["https://example.org/a.png", "javascript:alert(1)", "data:text/html,x", "data:image/png", `${ICON}${"A".repeat(200_000)}`, null]) {
    assert.equal(harmlessIcon(none), null);
  }
});

test("each provider error is an outcome of its own, however deep it is wrapped", () => {
  const cases = [
    [{ code: 4001, message: "User rejected" }, "rejected"],
    [{ code: "ACTION_REJECTED", message: "x" }, "rejected"],
    [new Error("MetaMask Tx Signature: User denied transaction signature."), "rejected"],
    [{ code: -32002, message: "Already processing" }, "pending"],
    [{ code: 4100, message: "x" }, "unauthorised"],
    [{ code: 4200, message: "x" }, "unsupported"],
    [{ code: 4900, message: "x" }, "disconnected"],
    [{ code: 4901, message: "x" }, "disconnected"],
    [{ code: 4902, message: "x" }, "unknown chain"],
    [{ code: -32603, message: "Internal", data: { originalError: { code: 4902, message: "Unrecognized chain ID" } } }, "unknown chain"],
    [{ code: -32000, message: "insufficient funds for gas * price + value" }, "no gas"],
    [{ code: -32603, message: "Internal JSON-RPC error.", data: { code: 3, message: "execution reverted: escrow: not active" } }, "reverted"],
    [{ code: -32000, message: "header not found", data: "0x" }, "other"],
    ["strange", "other"],
    [undefined, "other"],
  ] as const;
  for (const [error, kind] of cases) {
    const found = problemOf(error);
    assert.equal(found.kind, kind, JSON.stringify(error));
    assert.ok(found.what !== "" && found.cure !== "");
  }
  assert.equal(problemOf(cases[11][0]).reason, "escrow: not active");
  assert.equal(problemOf("strange").what, "strange");
});

test("connecting gives checksummed accounts and the chain, and a reload reconnects without opening the wallet", async () => {
  const own = wallet();
  const found = await connect(own);
  assert.ok(found.ok);
  assert.deepEqual(found.value.accounts, [LONG]);
  assert.equal(found.value.chainId, 31337);
  assert.deepEqual(await reconnect([wallet("org.other"), own]), found.value);
  assert.equal(await reconnect([wallet("org.other")]), null);
  assert.equal(await reconnect([own, wallet()]), null, "two of one name: one may be an impostor");
  disconnect();
  assert.equal(await reconnect([own]), null);
});

test("a wallet that shows no account is not connected, and is not reconnected to", async () => {
  const empty = wallet("org.example", provider(new FakeNode({ eth_requestAccounts: () => [], eth_accounts: () => [] })));
  const found = await connect(empty);
  assert.equal(!found.ok && found.problem.kind, "unauthorised");
  await connect(wallet());
  assert.equal(await reconnect([empty]), null);
});

test("a wallet on another chain is switched", async () => {
  const node = new FakeNode({ wallet_switchEthereumChain: ([to]) => void (node.chainId = Number((to as { chainId: string }).chainId)) });
  node.chainId = 1;
  assert.ok((await switchOrAddChain(provider(node), CHAIN)).ok);
  assert.equal(node.chainId, 31337);
});

test("a chain that the wallet does not know (4902) is added, then switched to", async () => {
  const added: unknown[] = [];
  const node = new FakeNode({
    wallet_switchEthereumChain: () => {
      if (added.length === 0) throw { code: 4902, message: "Unrecognized chain ID" };
      node.chainId = 31337;
    },
    wallet_addEthereumChain: ([chain]) => void added.push(chain),
  });
  node.chainId = 1;
  assert.ok((await switchOrAddChain(provider(node), CHAIN)).ok);
  assert.deepEqual(added, [
    { chainId: "0x7a69", chainName: "Sandbox", rpcUrls: ["http://127.0.0.1:8545"], nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 } },
  ]);
  node.chainId = 1;
  added.length = 0;
  const without = await switchOrAddChain(provider(node), { ...CHAIN, rpcUrls: [] });
  assert.equal(!without.ok && without.problem.kind, "unknown chain");
});

test("a wallet that says yes and stays, or declines, has not switched", async () => {
  const node = new FakeNode({ wallet_switchEthereumChain: () => null });
  node.chainId = 1;
  const stayed = await switchOrAddChain(provider(node), CHAIN);
  assert.equal(!stayed.ok && stayed.problem.kind, "wrong chain");
  node.answers["wallet_switchEthereumChain"] = () => Promise.reject({ code: 4001, message: "no" });
  const declined = await switchOrAddChain(provider(node), CHAIN);
  assert.equal(!declined.ok && declined.problem.kind, "rejected");
});

test("changes of account and chain are told until nobody listens", () => {
  const listeners = new Map<string, (value: unknown) => void>();
  const told: unknown[] = [];
  const own: Provider = {
    request: new FakeNode().request,
    on: (event, listener) => listeners.set(event, listener),
    removeListener: (event) => listeners.delete(event),
  };
  const stop = watchWallet(own, { onAccounts: (accounts) => told.push(accounts), onChain: (chain) => told.push(chain), onDisconnect: () => told.push("gone") });
  listeners.get("accountsChanged")!([LONG.toLowerCase()]);
  listeners.get("accountsChanged")!("nonsense");
  listeners.get("chainChanged")!("0x1");
  listeners.get("chainChanged")!("nonsense");
  listeners.get("disconnect")!({});
  assert.deepEqual(told, [[LONG], [], 1, "gone"]);
  stop();
  assert.equal(listeners.size, 0);
});

test("a text is signed as its UTF-8 bytes", async () => {
  let asked: readonly unknown[] = [];
  const node = new FakeNode({ personal_sign: (params) => ((asked = params), "0xAB") });
  const found = await signText(node.request, LONG, "é 1");
  assert.deepEqual(asked, ["0xc3a92031", LONG]);
  assert.equal(found.ok && found.value, "0xab");
});
