// The funding checklist: what is missing before the escrow can collect an amount from an account. Booking takes the free
// balance first and the rest from the wallet's allowance (docs/protocol.md, "Life of a trade"), so nothing has to be
// deposited: the wallet must hold the rest and allow it. Every look derives all of it from the chain; the browser's
// memory only tells which transactions are on their way.
import type { Call, Deployment } from "./contract.ts";
import type { Provider } from "./discovery.ts";
import { depositCall, freeBalance } from "./escrow.ts";
import { attempt, problem, type Problem, type Result } from "./problem.ts";
import { chainIdOf, type Request, withTimeLimit } from "./request.ts";
import { type Fate, look } from "./tracking.ts";
import { recordOf, send, type Sent, type SendOptions } from "./transactions.ts";
import { allowance, allowCall, walletBalance } from "./usdt.ts";
import type { Address } from "./values.ts";
import { type ChainInfo, switchOrAddChain } from "./wallet.ts";

/** What must be collectable. */
export interface Need {
  readonly deployment: Deployment;
  readonly account: Address;
  /** micro-USDT: what booking (B and half of the fee) or a novation (its payment) collects from the account. For several
   * agreements at once their sum. */
  readonly amount: bigint;
}

/** The steps, in their order. `reset` is there only where an old allowance is in the way. */
export type StepName = "chain" | "usdt" | "reset" | "allow" | "ready";

/** One line of the checklist. */
export interface Step {
  readonly name: StepName;
  readonly state: "todo" | "doing" | "done" | "failed";
  /** Why it failed, or what must happen first, with the cure. */
  readonly problem?: Problem;
  /** What `runStep` has the wallet send. */
  readonly call?: Call;
  /** The transaction on its way, or the one that failed. */
  readonly fate?: Fate;
}

/** The checklist as of now. Amounts are micro-USDT, null while the wallet is on another chain. */
export interface Funding {
  readonly steps: readonly Step[];
  /** The first step that is not done; null where the escrow can collect the amount. */
  readonly next: Step | null;
  /** Free balance in the escrow, taken first. */
  readonly free: bigint | null;
  /** In the wallet. */
  readonly wallet: bigint | null;
  /** What the escrow may collect from the wallet. */
  readonly allowed: bigint | null;
  /** What comes from the wallet: the amount without the free balance. */
  readonly fromWallet: bigint | null;
  /** What the wallet lacks. */
  readonly missing: bigint | null;
}

/** Look at everything once. Read over the wallet, whose chain it checks too; a node's failure is the result's problem. */
export async function lookAtFunding(request: Request, need: Need): Promise<Result<Funding>> {
  return attempt(async () => {
    const ask = withTimeLimit(request);
    const { deployment, account, amount } = need;
    if ((await chainIdOf(ask)) !== deployment.chainId) {
      return elsewhere(need);
    }
    const [free, wallet, allowed] = await Promise.all([
      freeBalance(ask, deployment, account),
      walletBalance(ask, deployment, account),
      allowance(ask, deployment, account),
    ]);
    const fromWallet = amount > free ? amount - free : 0n;
    const missing = fromWallet > wallet ? fromWallet - wallet : 0n;
    const figures = { free, wallet, allowed, fromWallet, missing };
    const steps: Step[] = [{ name: "chain", state: "done" }, usdtStep(missing)];
    steps.push(...(await allowanceSteps(ask, need, allowed, fromWallet)));
    steps.push(await readyStep(ask, need, steps, fromWallet));
    return { ...figures, steps, next: steps.find((each) => each.state !== "done") ?? null };
  });
}

/** Do a step: switch the chain, or have the wallet send the step's transaction. The checklist after it comes from the
 * next look; `Sent` is what to `watch` meanwhile. */
export async function runStep(provider: Provider, need: Need, step: Step, chain: ChainInfo, options: SendOptions = {}): Promise<Result<Sent | null>> {
  if (step.name === "chain") {
    const switched = await switchOrAddChain(provider, chain);
    return switched.ok ? { ok: true, value: null } : switched;
  }
  if (step.call === undefined) {
    return { ok: true, value: null };
  }
  return send(provider.request, { ...intentOf(need, step.name), call: step.call }, options);
}

function elsewhere({ deployment }: Need): Funding {
  const wrong = problem("wrong chain", {
    what: "The wallet is on another chain.",
    cure: `Switch it to chain ${deployment.chainId}.`,
  });
  const steps: Step[] = [
    { name: "chain", state: "todo", problem: wrong },
    ...(["usdt", "allow", "ready"] as const).map((name): Step => ({ name, state: "todo" })),
  ];
  return { steps, next: steps[0]!, free: null, wallet: null, allowed: null, fromWallet: null, missing: null };
}

function usdtStep(missing: bigint): Step {
  if (missing === 0n) {
    return { name: "usdt", state: "done" };
  }
  const what = "The wallet holds less USDT than will be collected.";
  return { name: "usdt", state: "failed", problem: problem("other", { what, cure: "Send the missing USDT to this account; this page notices it." }) };
}

/** Reset and allow. Whether the token insists on a reset is asked of the token itself. */
async function allowanceSteps(ask: Request, need: Need, allowed: bigint, fromWallet: bigint): Promise<readonly Step[]> {
  const { deployment, account } = need;
  const resetBefore = recordOf(intentOf(need, "reset")) !== null;
  const enough = allowed >= fromWallet;
  const call = allowCall(deployment, fromWallet);
  if (enough) {
    return [...(resetBefore ? [{ name: "reset", state: "done" } as const] : []), { name: "allow", state: "done" }];
  }
  const reset = allowCall(deployment, 0n);
  if (allowed > 0n && (await refuses(ask, account, call))) {
    return [await sentStep(ask, need, "reset", reset), { name: "allow", state: "todo" }];
  }
  const allow = await sentStep(ask, need, "allow", call);
  return resetBefore ? [{ name: "reset", state: "done" }, allow] : [allow];
}

async function refuses(ask: Request, from: Address, { to, data }: Call): Promise<boolean> {
  const tried = await attempt(() => ask({ method: "eth_call", params: [{ from, to, data }, "latest"] }));
  return !tried.ok && tried.problem.kind === "reverted";
}

/** A step that the chain does not show as done: to do, on its way, or failed by what became of its transaction. */
async function sentStep(ask: Request, need: Need, name: "reset" | "allow", call: Call): Promise<Step> {
  const record = recordOf(intentOf(need, name));
  // Another amount since, or an end that was shown already: a new one is to be sent.
  if (record === null || record.over !== null || record.call.data !== call.data) {
    return { name, state: "todo", call };
  }
  const fate = await look(ask, record);
  switch (fate.state) {
    case "pending":
      return { name, state: "doing", call, fate };
    case "confirmed":
      // Mined after the figures were read: the next look sees it.
      return { name, state: "doing", call, fate };
    case "asked": {
      const what = "The wallet was asked, and this page has not heard its answer.";
      return { name, state: "doing", call, fate, problem: problem("asked", { what, cure: "Confirm it in the wallet. If it shows nothing, ask it again." }) };
    }
    default:
      return { name, state: "failed", call, fate, problem: fate.problem };
  }
}

/** The proof: the escrow's own collection, tried out as a deposit of the same amount. It shows what no figure does: a
 * blacklisted account, a paused token, a fee on transfers. */
async function readyStep(ask: Request, { deployment, account }: Need, before: readonly Step[], fromWallet: bigint): Promise<Step> {
  if (before.some((each) => each.state !== "done")) {
    return { name: "ready", state: "todo" };
  }
  if (fromWallet === 0n) {
    return { name: "ready", state: "done" };
  }
  const { to, data } = depositCall(deployment, fromWallet);
  const tried = await attempt(() => ask({ method: "eth_call", params: [{ from: account, to, data }, "latest"] }));
  return tried.ok ? { name: "ready", state: "done" } : { name: "ready", state: "failed", problem: tried.problem };
}

function intentOf({ deployment, account }: Need, name: StepName): Omit<Sent, "call" | "hash" | "nonce" | "nextNonce" | "block" | "at" | "over"> {
  const what = name === "reset" ? "Set the old allowance to zero" : "Allow the escrow to collect the amount";
  return { key: `fund.${deployment.escrow}.${name}`, what, chainId: deployment.chainId, account };
}
