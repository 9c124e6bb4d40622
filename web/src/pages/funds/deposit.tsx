// USDT from the wallet into the free balance: an exact allowance, reset to zero first where USDT insists, then the deposit.
import { useEffect, useState } from "preact/hooks";
import { depositCall } from "../../chain/escrow.ts";
import { allowCall } from "../../chain/usdt.ts";
import type { Address } from "../../chain/values.ts";
import type { Connection } from "../../chain/wallet.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { parseMoney, readMoney, showMoney } from "../../money.ts";
import { TextField } from "../../parts/form.tsx";
import { type Step, Steps } from "../../parts/steps.tsx";
import { Transact } from "../../parts/transact.tsx";
import { Ways } from "../position/ways.tsx";
import type { Funds } from "./read.ts";

type Props = { account: Address; funds: Funds; onDone: () => void };
const KEPT = "ifx.deposit";

/** The amount of a deposit that was begun: a reload in the middle goes on with it. */
function useAmount(): [string, (text: string) => void] {
  const [text, set] = useState(() => sessionStorage.getItem(KEPT) ?? "");
  useEffect(() => sessionStorage.setItem(KEPT, text), [text]);
  return [text, set];
}

export function Deposit(props: Props) {
  const { account, funds } = props;
  const [typed, setTyped] = useAmount();
  const amount = readMoney(typed) ?? 0n;
  const held = parseMoney(funds.wallet);
  const error = typed === "" ? undefined : amount === 0n ? "Write an amount such as 250000.00." : amount > held ? `The wallet holds ${showMoney(held)}.` : undefined;
  const allowed = parseMoney(funds.allowed);
  const calls = [...(allowed > 0n && allowed < amount ? [allowCall(deployment(), 0n)] : []), ...(allowed < amount ? [allowCall(deployment(), amount)] : []), depositCall(deployment(), amount)];
  return (
    <div class="stack">
      <TextField label="Amount to deposit" value={typed} onInput={setTyped} unit="USDT" figure inputMode="decimal" error={error} hint={`In the wallet: ${showMoney(held)}`} />
      {amount > 0n && !error && (
        <Ways account={account} contract={funds.is_contract} otherwise={<>From the command line: <code>ifx deposit</code></>}
          file={{ calls, name: "Deposit into the IFX escrow", description: `Allows and deposits ${showMoney(amount)} USDT into the Safe's own free balance.`, file: "deposit" }}>
          {(connection) => <Deposited {...props} amount={amount} connection={connection} />}
        </Ways>
      )}
    </div>
  );
}

/** One step after the other, each with its own transaction. */
function Deposited(props: Props & { amount: bigint; connection: Connection }) {
  const { account, amount, connection, funds, onDone } = props;
  const allowed = parseMoney(funds.allowed);
  const enough = allowed >= amount;
  const reset = !enough && allowed > 0n;
  const intent = (key: string, what: string, call: ReturnType<typeof depositCall>) => ({ key, what, chainId: facts().chainId, account, call });
  const steps: Step[] = [
    ...(reset ? [{ name: "Set the old allowance to zero", state: "now" as const, note: `The escrow may collect ${showMoney(allowed)} by an earlier allowance; USDT changes it only by way of zero.`, body: <Transact key="reset" connection={connection} intent={intent("deposit.reset", "Set the old allowance to zero", allowCall(deployment(), 0n))} done="Set to zero." onDone={onDone}>Set to zero</Transact> }] : []),
    {
      name: `Allow exactly ${showMoney(amount)}`,
      state: enough ? "done" : reset ? "later" : "now",
      ...(enough || reset ? {} : { body: <Transact key={`allow${amount}`} connection={connection} intent={intent("deposit.allow", "Allow the deposit", allowCall(deployment(), amount))} done="Allowed." onDone={onDone}>Allow</Transact> }),
    },
    {
      name: "Deposit it",
      state: enough ? "now" : "later",
      ...(enough ? { body: <Transact key={`deposit${amount}`} connection={connection} intent={intent("deposit", "Deposit into the escrow", depositCall(deployment(), amount))} done="Deposited: it is free on the escrow." onDone={onDone}>Deposit</Transact> } : {}),
    },
  ];
  return <Steps label="Deposit" steps={steps} />;
}
