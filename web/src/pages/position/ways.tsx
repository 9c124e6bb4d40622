// Two ways to send something to the chain: the wallet in this browser, or a file for a Safe.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Connection } from "../../chain/wallet.ts";
import { Choice } from "../../parts/form.tsx";
import { later } from "../../parts/later.tsx";
import { WithWallet } from "../../parts/wallet.tsx";
import type { SafeFileProps } from "../../parts/safe-file.tsx";

const SafeFile = later<SafeFileProps>("position/safe", async () => (await import("./safe.tsx")).SafeFile);

const WAYS = [{ value: "wallet", name: "Wallet in this browser" }, { value: "safe", name: "Safe" }] as const;

type Props = {
  /** Whose wallet it must be; without it anybody's. */
  account?: string;
  /** Whether the account is a contract: then the Safe's way stands first. */
  contract: boolean;
  /** What a wallet elsewhere does instead. */
  otherwise: ComponentChildren;
  file: SafeFileProps;
  children: (connection: Connection) => ComponentChildren;
};

export function Ways(props: Props) {
  const [way, setWay] = useState<string>(props.contract ? "safe" : "wallet");
  return (
    <div class="stack ways">
      <Choice small label="How do you send it?" value={way} onChange={setWay} options={WAYS} />
      {way === "safe"
        ? <SafeFile {...props.file} />
        : <WithWallet {...(props.account ? { account: props.account } : {})} otherwise={props.otherwise}>{props.children}</WithWallet>}
    </div>
  );
}
