// By which wallet somebody acts: the one in this browser, or a Safe whose owners act elsewhere. Asked once an account.
import { useState } from "preact/hooks";
import { remember, remembered } from "../../chain/keep.ts";
import { useLink } from "../../link.ts";
import { Choice } from "../../parts/form.tsx";
import { useFunds } from "../funds/read.ts";

export type Way = "wallet" | "safe";

const WAYS = [{ value: "wallet", name: "Browser wallet" }, { value: "safe", name: "Safe or contract wallet" }] as const;

/** The way that was chosen. A contract's account begins with the Safe's once it is known that no wallet here offers it;
 * a key that delegates to code is one too, and its wallet may only be waiting to be connected. */
export function useWay(account: string): [Way, (way: Way) => void] {
  const { connection, wallets, settled } = useLink();
  const funds = useFunds();
  const key = `way.${account}`;
  const [chosen, set] = useState(() => remembered(key));
  const absent = connection ? !connection.accounts.some((each) => each === account) : settled && wallets.length === 0;
  const way = chosen === "safe" || chosen === "wallet" ? chosen : funds.data?.is_contract && absent ? "safe" : "wallet";
  return [way, (next) => {
    remember(key, next);
    set(next);
  }];
}

export function WayChoice(props: { way: Way; onChange: (way: Way) => void }) {
  return <Choice label="You act by" value={props.way} onChange={(found) => props.onChange(found as Way)} options={WAYS} />;
}
