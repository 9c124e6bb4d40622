// The funding checklist: what is missing before the escrow can collect from this account. Every look derives it from the
// chain; a reload finds the same, and a transaction that is on its way.
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Held } from "../../chain/agreement.ts";
import { type Funding, lookAtFunding, type Need, runStep, type Step as Wanted } from "../../chain/funding.ts";
import type { Problem } from "../../chain/problem.ts";
import type { Address as Account } from "../../chain/values.ts";
import type { Connection } from "../../chain/wallet.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { Button } from "../../parts/button.tsx";
import { Section } from "../../parts/page.tsx";
import { Address, Amount } from "../../parts/show.tsx";
import { Refused, Room } from "../../parts/state.tsx";
import { type Step, Steps, type StepState } from "../../parts/steps.tsx";
import { WithWallet } from "../../parts/wallet.tsx";
import { later } from "../../parts/later.tsx";
import { useOpen } from "../inbox/open.ts";
import { Allowance } from "./allowance.tsx";
import { needOf } from "./need.ts";
import type { Way } from "./way.tsx";
import { type Agreement, approvedByMe } from "./words.ts";

const SafeMoney = later("agreement/safe", async () => (await import("./safe.tsx")).SafeMoney);

export function Money(props: { of: Agreement; held: Held; account: Account; way: Way }) {
  const { of, held, account, way } = props;
  const own = needOf(of, held.message);
  const others = useOpen().filter((each) => each.of.id !== of.id && approvedByMe(each.of)).reduce((sum, each) => sum + each.need, 0n);
  if (own === 0n) return null;
  const need: Need = { deployment: deployment(), account, amount: own + others };
  return (
    <Section title="Your money" note="Collected when all have approved, not before">
      <p class="said">
        <Amount of={own} /> will be collected: your free balance in the escrow first, the rest from your wallet.
        {others > 0n && <> Other agreements that you approved need <Amount of={others} /> beside it; the checklist counts both.</>}
      </p>
      {way === "safe"
        ? <SafeMoney account={account} need={need.amount} />
        : (
          <WithWallet account={account} otherwise={<>The command <code>ifx allow</code> does the same; the desk notices it by itself.</>}>
            {(connection) => <Checklist connection={connection} need={need} />}
          </WithWallet>
        )}
    </Section>
  );
}

// Milliseconds between two looks: while nothing is on its way, and while something is.
const LOOK_EVERY = 4_000;
const SOON = 1_000;

function Checklist(props: { connection: Connection; need: Need }) {
  const { connection, need } = props;
  const { provider } = connection.wallet;
  const [funding, set] = useState<Funding>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [turn, look] = useReducer((count: number, _: void) => count + 1, 0);
  const failed = useRef<Problem | undefined>(undefined);

  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const again = async () => {
      const found = await lookAtFunding(provider.request, need);
      if (over) return;
      if (found.ok) {
        // The next look sees a failed transaction as over: what was said about it stays until the next attempt.
        failed.current = found.value.steps.find((each) => each.fate && each.state === "failed")?.problem ?? failed.current;
        set(found.value);
        setProblem((before) => (before?.kind === "unreachable" || before?.kind === "timed out" ? undefined : before));
      } else {
        setProblem(found.problem);
      }
      const underWay = found.ok && found.value.steps.some((each) => each.state === "doing");
      timer = setTimeout(() => void again(), underWay ? SOON : LOOK_EVERY);
    };
    void again();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [provider, need.account, need.amount, turn]);

  const run = async (step: Wanted) => {
    setBusy(true);
    setProblem(undefined);
    failed.current = undefined;
    const { chainId, network: name, rpcUrls } = facts();
    const again = step.fate?.state === "asked" || step.fate?.state === "dropped";
    const done = await runStep(provider, need, step, { chainId, name, rpcUrls }, { again });
    setBusy(false);
    if (!done.ok) setProblem(done.problem);
    look();
  };

  if (!funding) return problem ? <Refused problem={problem} /> : <Room lines={4} />;
  const shown = funding.steps.filter((each) => each.name !== "chain");
  return (
    <>
      <Steps label="Funding" steps={shown.map((each): Step => ({
        name: nameOf(each, funding),
        state: stateOf(each, funding),
        note: <Note step={each} funding={funding} account={need.account} />,
        body: each === funding.next && each.call && (
          <Button busy={busy || each.fate?.state === "pending" || each.fate?.state === "confirmed"} doing={busy ? "Confirm it in your wallet" : "Waiting for its block"} onClick={() => void run(each)}>
            {each.fate?.state === "asked" || each.fate?.state === "dropped" ? "Ask the wallet again" : each.name === "reset" ? "Set it to zero" : "Allow exactly this"}
          </Button>
        ),
      }))} />
      <Refused problem={problem ?? failed.current} />
    </>
  );
}

function stateOf(step: Wanted, funding: Funding): StepState {
  if (step.state === "done") return "done";
  if (step.state === "failed") return "failed";
  return step === funding.next ? "now" : "later";
}

function nameOf(step: Wanted, { fromWallet }: Funding): string {
  switch (step.name) {
    case "usdt":
      return "Enough USDT";
    case "reset":
      return "Set the old allowance to zero";
    case "allow":
      return fromWallet === 0n ? "No allowance is needed" : "Allow the escrow to collect it";
    default:
      return "Ready to be collected";
  }
}

function Note(props: { step: Wanted; funding: Funding; account: string }) {
  const { step, funding, account } = props;
  const { free, wallet, allowed, fromWallet, missing } = funding;
  if (free === null || wallet === null || allowed === null || fromWallet === null || missing === null) return null;
  switch (step.name) {
    case "usdt":
      return missing > 0n
        ? <>The wallet holds <Amount of={wallet} />{free > 0n && <>, the escrow <Amount of={free} /> of yours</>}. <b><Amount of={missing} /> are missing.</b> This page notices when they are there. Send them to <Address of={account} /></>
        : <>The wallet holds <Amount of={wallet} />{free > 0n && <>; <Amount of={free} /> of yours are in the escrow and taken first</>}.</>;
    case "reset":
      return step.state === "done" ? "It was in the way and is gone." : <>It is <Allowance of={allowed} />. USDT changes an allowance only from or to zero, so this comes first.</>;
    case "allow":
      return fromWallet === 0n ? "Your free balance in the escrow covers it."
        : step.state === "done" ? <>The escrow may collect <Allowance of={allowed} />.</>
        : step.fate?.state === "asked" ? step.problem?.cure
        : <>Exactly <Amount of={fromWallet} />, no more; it moves only when a booking collects it.</>;
    default:
      return step.state === "done" ? "Tried out against the chain as it is now." : step.problem ? `${step.problem.what} ${step.problem.cure}` : "Tried out against the chain, once the steps above are done.";
  }
}
