// Before maturity: to end a forward early at an agreed price, or to put another party in a side's place. Both are
// proposals; all whom they concern approve them on the agreement's own page.
import { useState } from "preact/hooks";
import { write as send } from "../../api/client.ts";
import { forget, useGet, useWrite } from "../../api/use.ts";
import { payout, type Side } from "../../chain/payoff.ts";
import { moneyText, parseMoney, readMoney, showMoney } from "../../money.ts";
import { Button } from "../../parts/button.tsx";
import { More } from "../../parts/dialog.tsx";
import { Choice, Select, TextField } from "../../parts/form.tsx";
import { Section } from "../../parts/page.tsx";
import { Amount, Price, Tag, Time } from "../../parts/show.tsx";
import { Refused } from "../../parts/state.tsx";
import { navigate } from "../../router.ts";
import { figuresOf, type Position } from "../positions/part.ts";
import { priceFor } from "./life.ts";

const HOURS = [
  { value: "", name: "A day; three where a Safe approves" },
  { value: "72", name: "Three days" },
  { value: "168", name: "A week" },
];

export function Ending(props: { of: Position }) {
  return (
    <Section title="End it early, or hand it on" note="Before maturity; nothing happens without the other side's approval">
      <Proposals forward={props.of.id} />
      <More title="Propose an early end"><Termination of={props.of} /></More>
      <More title="Propose a novation: another party in one side's place"><Novation of={props.of} /></More>
    </Section>
  );
}

/** What was proposed about it and still waits. */
function Proposals(props: { forward: string }) {
  const agreements = useGet("/api/agreements", { query: { limit: 100 }, every: 15 });
  const open = (agreements.data?.items ?? []).filter((each) => each.forward === props.forward && each.kind !== "terms" && (each.state === "sent" || each.state === "approved"));
  if (open.length === 0) return null;
  return (
    <ul class="proposals">
      {open.map((each) => <Proposed key={each.id} id={each.id} />)}
    </ul>
  );
}

/** One of them: what, who has approved, until when. */
function Proposed(props: { id: string }) {
  const { data } = useGet("/api/agreements/{id}", { path: { id: props.id }, every: 15 });
  if (!data) return <li>&nbsp;</li>;
  const { message, parties, role } = data;
  const missing = parties.filter((each) => !each.approved).map((each) => (each.role === role ? "you" : `the ${each.role}`));
  return (
    <li>
      <a href={`/agreements/${data.id}`}>{data.kind === "termination" ? <>Early end at <Price of={BigInt(message["price"]!)} /></> : <>Novation for <Amount of={BigInt(message["payment"]!)} /></>}</a>
      <Tag tone="wait">{missing.length > 0 ? `waits for ${missing.join(" and ")}` : "approved by all, being executed"}</Tag>
      <span class="hint">until <Time at={data.deadline} inline distance /></span>
    </li>
  );
}

/** Price and result are two ways to say the same; whichever is typed gives the other one. */
function Termination(props: { of: Position }) {
  const { of } = props;
  const figures = figuresOf(of);
  const locked = parseMoney(of.prefunding);
  const other: Side = of.side === "long" ? "short" : "long";
  const start = of.mark ? parseMoney(of.mark.price) : figures.price;
  const [price, setPrice] = useState(moneyText(start));
  const [gain, setGain] = useState<string>();
  const [way, setWay] = useState<"get" | "pay">(payout(of.side, figures, start) >= locked ? "get" : "pay");
  const [hours, setHours] = useState("");
  const write = useWrite();
  const read = readMoney(price);
  const paid = read === undefined ? undefined : payout(of.side, figures, read);
  const size = paid === undefined ? undefined : paid < locked ? locked - paid : paid - locked;

  const typedPrice = (text: string) => {
    setPrice(text);
    setGain(undefined);
    const found = readMoney(text);
    if (found !== undefined && found !== figures.price) setWay(payout(of.side, figures, found) >= locked ? "get" : "pay");
  };
  const typedGain = (text: string, direction = way) => {
    setGain(text);
    setWay(direction);
    const amount = readMoney(text);
    const found = amount === undefined ? undefined : priceFor(of.side, figures, direction === "get" ? amount : -amount);
    if (found !== undefined) setPrice(moneyText(found));
  };
  const wanted = gain === undefined ? undefined : readMoney(gain);
  const tooMuch = gain !== undefined && (wanted === undefined || priceFor(of.side, figures, way === "get" ? wanted : -wanted) === undefined);
  const propose = () => void write.run(async () => {
    const { agreement } = await send("post", "/api/positions/{id}/termination", { path: { id: of.id }, body: { price: moneyText(read!), hours: hours === "" ? null : Number(hours) } });
    forget("/api/agreements");
    navigate(`/agreements/${agreement.id}`);
  });
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); propose(); }}>
      <p>Both sides agree on a price that takes the settlement price's place; the escrow pays both by the same formula, at once. The fee stays. {of.mark && "It begins with the newest fixing."}</p>
      <TextField label="End price" value={price} onInput={typedPrice} unit="USDT / Mtok" figure inputMode="decimal" error={read === undefined ? "Write a price such as 7.45." : undefined} />
      <Choice label="Or say it as a payment" value={way} onChange={(found) => typedGain(gain ?? moneyText(size ?? 0n), found as "get" | "pay")} options={[{ value: "get", name: "I receive" }, { value: "pay", name: "I pay" }]} />
      <TextField label="Payment between the sides" value={gain ?? (size === undefined ? "" : moneyText(size))} onInput={typedGain} unit="USDT" figure inputMode="decimal"
        error={tooMuch ? `An amount up to the prefunding, ${showMoney(locked)}.` : undefined} hint="Taken to the nearest price of a millionth; what is exactly paid stands below." />
      <Select label="How long it can be approved" value={hours} onChange={setHours} options={HOURS} />
      {paid !== undefined && (
        <p class="said">
          You get <b><Amount of={paid} /></b> of the <Amount of={locked} /> that you locked, <b><Amount of={paid - locked} signed /></b>; the {other} gets <Amount of={2n * locked - paid} />.
        </p>
      )}
      <Button type="submit" busy={write.busy} doing="Sending it to both" disabled={read === undefined || tooMuch} why="Write an end price first.">Propose this end</Button>
      <p class="hint">You approve it on the next page, as the other side does. Until both have, nothing changes.</p>
      <Refused problem={write.problem} />
    </form>
  );
}

function Novation(props: { of: Position }) {
  const { of } = props;
  const most = 2n * parseMoney(of.prefunding);
  const [who, setWho] = useState<Side>(of.side);
  const [incoming, setIncoming] = useState("");
  const [payment, setPayment] = useState(of.mark ? moneyText(parseMoney(of.mark.payout)) : "0.00");
  const [hours, setHours] = useState("");
  const write = useWrite();
  const read = readMoney(payment);
  const valid = /^0x[0-9a-fA-F]{40}$/.test(incoming.trim());
  const why = !valid ? "Write the new party's address first." : read === undefined || read > most ? "Write a payment first." : undefined;
  const leaves = who === of.side ? "you" : `the ${who}`;
  const propose = () => void write.run(async () => {
    const body = { incoming: incoming.trim(), payment: moneyText(read!), outgoing: who, hours: hours === "" ? null : Number(hours) };
    const { agreement } = await send("post", "/api/positions/{id}/novation", { path: { id: of.id }, body });
    forget("/api/agreements");
    navigate(`/agreements/${agreement.id}`);
  });
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); propose(); }}>
      <p>The new party takes over the side with its prefunding, which stays in the escrow, and pays the leaving one in the same transaction. All three approve it. Who leaves cannot come back to this forward.</p>
      <Choice label="Who leaves" value={who} onChange={(found) => setWho(found as Side)} options={[{ value: of.side, name: "I leave" }, { value: of.side === "long" ? "short" : "long", name: "The other side leaves" }]} />
      <TextField label="New party's address" value={incoming} onInput={setIncoming} placeholder="0x…" maxLength={42} figure error={incoming !== "" && !valid ? "An address has 0x and 40 digits." : undefined} hint="It signs in here with this account to approve." />
      <TextField label={`Payment to ${leaves}`} value={payment} onInput={setPayment} unit="USDT" figure inputMode="decimal"
        error={read === undefined ? "Write an amount such as 12500.00, or 0." : read > most ? `At most twice the prefunding, ${showMoney(most)}.` : undefined}
        hint={who === of.side && of.mark ? "It begins with what your side is worth at the newest fixing." : "For the whole side, its prefunding included."} />
      <Select label="How long it can be approved" value={hours} onChange={setHours} options={HOURS} />
      <Button type="submit" busy={write.busy} doing="Sending it to all three" disabled={why !== undefined} {...(why ? { why } : {})}>Propose this novation</Button>
      <Refused problem={write.problem} />
    </form>
  );
}
