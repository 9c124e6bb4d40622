// What an early end or a novation means: by the forward as the chain has it, else by the desk's word.
import { useEffect, useState } from "preact/hooks";
import { type Forward, forwardOf, sideOf } from "../../chain/escrow.ts";
import { payout, payoff, prefunding, PRICE_LIMIT, type Side } from "../../chain/payoff.ts";
import { attempt } from "../../chain/problem.ts";
import { withTimeLimit } from "../../chain/request.ts";
import type { Novation, Termination } from "../../chain/typed-data.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { useLink } from "../../link.ts";
import { parseMoney } from "../../money.ts";
import { Section } from "../../parts/page.tsx";
import { PayoffChart } from "../../parts/payoff-chart.tsx";
import { Amount, Facts, Figures, Price, Time, Tokens } from "../../parts/show.tsx";
import { Untrue } from "./untrue.tsx";
import type { Agreement } from "./words.ts";

type Effects = Readonly<Record<string, string>>;

export function EndingMeaning(props: { of: Agreement; message: Termination | Novation; effects: Effects | undefined; forward: Forward | undefined }) {
  const { of, message, effects, forward } = props;
  if (of.state === "done" || !effects) {
    return <Section title="What it is"><EndingFacts of={of} message={message} /></Section>;
  }
  const ours = forward && computed(forward, message);
  const wrong = ours && Object.entries(ours).find(([name, amount]) => effects[name] !== undefined && parseMoney(effects[name]) !== amount);
  if (wrong) {
    return <Untrue what={`The desk says ${wrong[0].replace("_", " ")} is ${effects[wrong[0]]}, but the forward on the chain gives another amount.`} cure="Do not sign it." />;
  }
  const side = forward && sideAfter(forward, message, of.role);
  return (
    <>
      <Section title="What it means for you" note={ours ? "Computed in this page from the forward on the chain" : "By the desk's word; connect a wallet and this page computes it from the chain"}>
        <Figures items={figuresOf(of, message, effects)} />
      </Section>
      <Section title="What it is"><EndingFacts of={of} message={message} forward={forward} /></Section>
      {message.kind === "novation" && of.role !== "outgoing" && forward && side && (
        <Section title="Your result from then on" note="The fee was paid at booking">
          <PayoffChart side={side} figures={{ ...forward, indicative: 0n }} underlying="the forward" {...(of.role === "incoming" ? { paid: message.payment } : {})} />
        </Section>
      )}
    </>
  );
}

/** The forward on the chain, over the wallet; none while there is no wallet to ask. `known`: it was asked, or there is
 * nobody to ask. Without an `id` there is nothing to know. */
export function useForward(id: Termination["forward"] | undefined): { forward: Forward | undefined; known: boolean } {
  const { connection, settled } = useLink();
  const [forward, set] = useState<Forward>();
  const [asked, setAsked] = useState(false);
  const provider = connection?.chainId === facts().chainId ? connection.wallet.provider : undefined;
  useEffect(() => {
    if (!provider || id === undefined) return;
    let over = false;
    void attempt(() => forwardOf(withTimeLimit(provider.request), deployment(), id)).then((read) => {
      if (over) return;
      if (read.ok && read.value.status === "active") set(read.value);
      setAsked(true);
    });
    return () => void (over = true);
  }, [provider, id]);
  return { forward, known: id === undefined || asked || (settled && !provider) };
}

/** The desk's effects by their names, computed here. */
function computed(forward: Forward, message: Termination | Novation): Record<string, bigint> | undefined {
  if (message.kind === "termination") {
    return { long_payout: payout("long", forward, message.price), short_payout: payout("short", forward, message.price) };
  }
  const side = sideOf(forward, message.outgoing);
  if (!side) return undefined;
  const [least, most] = [payoff(side, forward, side === "long" ? 0n : PRICE_LIMIT - 1n), payoff(side, forward, side === "long" ? PRICE_LIMIT - 1n : 0n)];
  const locked = prefunding(forward);
  return { payment: message.payment, incoming_worst: locked + least - message.payment, incoming_best: locked + most - message.payment };
}

function sideAfter(forward: Forward, message: Termination | Novation, role: string): Side | null {
  if (message.kind === "termination") return null;
  const leaving = sideOf(forward, message.outgoing);
  if (role === "incoming") return leaving;
  return leaving === "long" ? "short" : leaving === "short" ? "long" : null;
}

function figuresOf(of: Agreement, message: Termination | Novation, effects: Effects) {
  const amount = (name: string, signed = false) => effects[name] === undefined ? "unknown" : <Amount of={effects[name]} signed={signed} />;
  if (message.kind === "termination") {
    return [
      ["You are paid", amount(`${of.role}_payout`), "out of what both locked, into your free balance"],
      ["Your result", amount(`${of.role}_gain`, true), "compared with what you locked; the fee stays paid"],
    ] as const;
  }
  const incoming = of.role === "incoming";
  return [
    [incoming ? "You pay" : of.role === "outgoing" ? "You are paid" : "They pay each other", <Amount of={message.payment} />, incoming ? "collected from you when it is executed" : of.role === "outgoing" ? "and you have no claim and no risk from then on" : "nothing of yours moves"],
    ...(incoming ? [["At worst", amount("incoming_worst", true), "your result at the end"], ["At best", amount("incoming_best", true), "your result at the end"]] as const : []),
  ] as const;
}

function EndingFacts(props: { of: Agreement; message: Termination | Novation; forward?: Forward | undefined }) {
  const { of, message, forward } = props;
  const side = forward && sideAfter(forward, message, of.role);
  return (
    <Facts items={[
      ["Forward", <a class="wrap" href={`/positions/${message.forward}`}><code>{message.forward}</code></a>],
      message.kind === "termination" && ["Ends at", <Price of={message.price} unit />, "in the place of the settlement price; the same payoff formula"],
      of.role === "incoming" && side && ["You become", `the ${side}`, side === "long" ? "you receive when the price rises" : "you receive when the price falls"],
      message.kind === "novation" && ["Payment", <Amount of={message.payment} />, "from the one who enters to the one who leaves, in the same transaction"],
      forward && ["Agreed price", <Price of={forward.price} />],
      forward && ["Quantity", <><Tokens of={forward.quantity} /> tokens</>],
      forward && ["Maturity", <Time at={Number(forward.maturity)} />],
      ["Approve until", <Time at={Number(message.deadline)} />],
    ]} />
  );
}
