// USDT of the free balance to a wallet: all of it or a part, to the own address or another one.
import { useState } from "preact/hooks";
import { withdrawCall } from "../../chain/escrow.ts";
import { Refusal } from "../../chain/problem.ts";
import { type Address, readAddress } from "../../chain/values.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { moneyText, parseMoney, readMoney, showMoney } from "../../money.ts";
import { Choice, TextField } from "../../parts/form.tsx";
import { Amount } from "../../parts/show.tsx";
import { State } from "../../parts/state.tsx";
import { Transact } from "../../parts/transact.tsx";
import { Ways } from "../position/ways.tsx";
import type { Funds } from "./read.ts";

export function Withdraw(props: { account: Address; funds: Funds; onDone: () => void }) {
  const { account, funds } = props;
  const free = parseMoney(funds.free);
  const [share, setShare] = useState("all");
  const [typed, setTyped] = useState("");
  const [other, setOther] = useState("");
  const [to, setTo] = useState("own");
  // What was sent is followed to its end although the balance has fallen meanwhile.
  const [begun, setBegun] = useState(false);
  const amount = share === "all" ? free : readMoney(typed);
  const receiver = to === "own" ? account : addressOf(other);
  const why = amount === undefined || amount === 0n ? "Write an amount first." : amount > free ? `At most ${showMoney(free)} are free.` : receiver === undefined ? "Write the receiver's address first." : undefined;
  if (free === 0n && !begun) {
    return <State kind="empty" title="Nothing is free on the escrow." next="What a settlement, an early end or a novation pays you lands here. Prefunding that is locked comes back when its forward ends." />;
  }
  const call = withdrawCall(deployment(), amount ?? 0n, receiver ?? account);
  return (
    <div class="stack">
      <Choice label="How much" value={share} onChange={setShare} options={[{ value: "all", name: "All of it" }, { value: "part", name: "A part" }]} />
      {share === "part" && <TextField label="Amount" value={typed} onInput={setTyped} unit="USDT" figure inputMode="decimal" placeholder={moneyText(free)} error={typed !== "" && (amount === undefined || amount > free) ? `An amount up to ${showMoney(free)}.` : undefined} />}
      <Choice label="To" value={to} onChange={setTo} options={[{ value: "own", name: "Your own account" }, { value: "other", name: "Another address" }]} />
      {to === "other" && <TextField label="Receiver's address" value={other} onInput={setOther} placeholder="0x…" maxLength={42} figure error={other !== "" && receiver === undefined ? "An address has 0x and 40 digits; this one is cut or mistyped." : undefined} hint="Check it on a second device: what is sent cannot be called back." />}
      <p class="said"><b>{amount === undefined ? "–" : <Amount of={amount} />}</b> to <code class="wrap">{receiver ?? "…"}</code></p>
      <Ways account={account} contract={funds.is_contract} otherwise={<>From the command line: <code>ifx withdraw</code></>}
        file={{ calls: [call], name: "Withdraw from the IFX escrow", description: `Withdraws ${amount === undefined ? "" : showMoney(amount)} USDT of the free balance to ${receiver ?? ""}.`, file: "withdraw", why }}>
        {(connection) => (
          <Transact connection={connection} done="Withdrawn." why={begun ? undefined : why}
            intent={{ key: "withdraw", what: "Withdraw from the escrow", chainId: facts().chainId, account, call }}
            onDone={() => { setBegun(true); props.onDone(); }}>
            Withdraw
          </Transact>
        )}
      </Ways>
    </div>
  );
}

/** The address that was typed, its checksum held; undefined where it is none. */
function addressOf(text: string): Address | undefined {
  try {
    return readAddress(text.trim(), "receiver");
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
