// The free balance, out of the escrow: all of it or a part, to the own address or another one.
import { useState } from "preact/hooks";
import type { Deployment } from "../../chain/contract.ts";
import { withdrawCall } from "../../chain/escrow.ts";
import { Refusal } from "../../chain/problem.ts";
import { type Address, readAddress } from "../../chain/values.ts";
import { moneyText, readMoney, showMoney } from "../../money.ts";
import { Choice, TextField } from "../../parts/form.tsx";
import { Section } from "../../parts/page.tsx";
import { Amount } from "../../parts/show.tsx";
import { State } from "../../parts/state.tsx";
import { type Looker, Send } from "./send.tsx";

type Props = { free: bigint; looker: Looker; deployment: Deployment; onDone: () => void };

export function Withdraw(props: Props) {
  const { free, looker, deployment } = props;
  const [share, setShare] = useState("all");
  const [typed, setTyped] = useState("");
  const [to, setTo] = useState("own");
  const [other, setOther] = useState("");
  // What was sent is shown to its end although the balance has fallen meanwhile.
  const [begun, setBegun] = useState(false);
  const amount = share === "all" ? free : readMoney(typed);
  const receiver = to === "own" ? looker.account : addressIn(other);
  const tooMuch = amount !== undefined && amount > free;
  const why = amount === undefined || amount === 0n ? "Write an amount first." : tooMuch ? `At most ${showMoney(free)} are free.` : receiver === undefined ? "Write the receiver's address first." : undefined;
  const said = amount === undefined ? "" : share === "all" ? "all" : moneyText(amount);
  return (
    <Section title="Withdraw" note="Nobody else can, and nobody can stop it">
      {free === 0n && !begun
        ? <State kind="empty" title="Nothing is free on the escrow." next="What a settlement pays you lands here: settle what is due above, then withdraw it." />
        : (
          <div class="stack">
            {free > 0n && (
              <>
                <Choice label="How much" value={share} onChange={setShare} options={[{ value: "all", name: "All of it" }, { value: "part", name: "A part" }]} />
                {share === "part" && <TextField label="Amount" value={typed} onInput={setTyped} unit="USDT" figure inputMode="decimal" placeholder={moneyText(free)} error={typed !== "" && (amount === undefined || tooMuch) ? `An amount up to ${showMoney(free)}.` : undefined} />}
                <Choice label="To" value={to} onChange={setTo} options={[{ value: "own", name: "The account itself" }, { value: "other", name: "Another address" }]} />
                {to === "other" && <TextField label="Receiver's address" value={other} onInput={setOther} placeholder="0x…" maxLength={42} figure error={other !== "" && receiver === undefined ? "An address has 0x and 40 digits; this one is cut or mistyped." : undefined} hint="Check it on a second device: what is sent cannot be called back." />}
                <p class="said"><b>{amount === undefined ? "–" : <Amount of={amount} />}</b> to <code class="wrap">{receiver ?? "…"}</code></p>
              </>
            )}
            <Send key="send" looker={looker} deployment={deployment} own call={withdrawCall(deployment, amount ?? 0n, receiver ?? looker.account)} intent="withdraw" what="Withdraw from the escrow" why={begun ? undefined : why}
              description={`Withdraws ${amount === undefined ? "" : showMoney(amount)} USDT of the free balance to ${receiver ?? ""}.`}
              command={`ifx withdraw ${said}${to === "other" ? ` --to ${receiver ?? "0x…"}` : ""}`} done="Withdrawn." onDone={() => { setBegun(true); props.onDone(); }}>
              Withdraw
            </Send>
          </div>
        )}
    </Section>
  );
}

function addressIn(text: string): Address | undefined {
  try {
    return readAddress(text.trim(), "receiver");
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
