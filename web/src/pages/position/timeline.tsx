// A forward's life as steps with their times: what was, what is, what comes.
import type { Schema } from "../../api/types.ts";
import { parseMoney } from "../../money.ts";
import { Amount, Copy, shortened, Time } from "../../parts/show.tsx";
import { type Step, Steps } from "../../parts/steps.tsx";
import { DAY, dayStart, showDay } from "../../time.ts";
import type { Position } from "../positions/part.ts";
import { certainAt, type Phase, type Posted } from "./life.ts";
import type { Confirmation, Statement } from "./paper.ts";

type Props = {
  of: Position;
  phase: Phase | undefined;
  posted: readonly Posted[] | undefined;
  confirmation: Confirmation | undefined;
  statement: Statement | undefined;
  funds: Schema<"FundsOut"> | undefined;
  now: number;
};

export function Timeline(props: Props) {
  return <Steps label="The forward's life" steps={stepsOf(props)} />;
}

function stepsOf(props: Props): Step[] {
  const { of } = props;
  const steps: Step[] = [booked(props)];
  for (const each of props.confirmation?.novations ?? []) {
    steps.push({ name: each.incoming === of.long || each.incoming === of.short ? `The ${each.side} changed hands` : `The ${each.side} was handed on`, state: "done", note: <><Time at={each.at} inline /> <Hash of={each.tx} /></> });
  }
  if (of.left !== null) return steps;
  if (of.status === "terminated") return [...steps, ended(props), withdrawn(props)];
  return [...steps, ...(of.averaging_days > 1 ? [averaging(props)] : []), matured(props), fixed(props), settled(props), withdrawn(props)];
}

function booked({ of, confirmation }: Props): Step {
  const at = confirmation?.booked ? <Time at={confirmation.dated} inline /> : <>Block {of.block.toLocaleString("en")}</>;
  return { name: "Booked: both prefundings locked", state: "done", note: <>{at}, {of.is_final ? "final" : "its block is not final yet"} <Hash of={of.tx_hash} /></> };
}

function averaging({ of, now }: Props): Step {
  const first = of.maturity - (of.averaging_days - 1) * DAY;
  return { name: `Averaging begins, ${of.averaging_days} days`, state: now >= first ? "done" : "later", note: <Time at={first} inline distance={now < first} /> };
}

function matured({ of, now }: Props): Step {
  const open = now < of.maturity;
  return { name: open ? "Maturity" : "Matured", state: open ? "now" : "done", note: <><Time at={of.maturity} inline distance={open} />{open && "; until then it can be ended early or handed on"}</> };
}

function fixed({ of, posted, phase }: Props): Step {
  const own = posted?.find((each) => dayStart(each.date) === of.maturity);
  const name = "Fixing of the maturity day posted: settlement possible";
  if (own) return { name, state: "done", note: <>Block {own.block_number.toLocaleString("en")}, signed by {own.signers} nodes, {own.final ? "final" : "not final yet"} <Hash of={own.tx_hash} /></> };
  if (phase?.name === "due" || of.status === "settled") return { name: "No fixing on the maturity day: another day's takes its place", state: "done" };
  return { name, state: phase?.name === "waiting" ? "now" : "later", note: <>Usually within the hour after midnight UTC; certain at the latest <Time at={certainAt(of.maturity)} inline /></> };
}

function settled({ of, phase, statement }: Props): Step {
  if (of.end) return { name: "Settled: both sides paid", state: "done", note: <>{statement && <><Time at={statement.ended_at} inline /> </>}<Hash of={of.end.tx_hash} /></> };
  return { name: "Settled: both sides paid", state: phase?.name === "due" ? "now" : "later", note: "By one transaction, which anybody may send" };
}

function ended({ of, statement }: Props): Step {
  return { name: "Ended early, as both sides approved", state: "done", note: <>{statement && <><Time at={statement.ended_at} inline /> </>}{of.end && <Hash of={of.end.tx_hash} />}</> };
}

function withdrawn({ of, funds }: Props): Step {
  const name = "Withdrawn to your wallet";
  if (!of.end) return { name, state: "later", note: `From ${showDay(of.maturity)} on, whenever you like` };
  if (!funds) return { name, state: "now" };
  const free = parseMoney(funds.free);
  return free === 0n ? { name, state: "done", note: "Nothing is free on the escrow any more" } : { name, state: "now", note: <><Amount of={free} /> are free on the escrow. <a href="/funds">Withdraw</a></> };
}

function Hash(props: { of: string }) {
  return <span class="tx"><code title={props.of}>{shortened(props.of)}</code><Copy text={props.of} what="transaction" /></span>;
}
