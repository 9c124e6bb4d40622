// Two ways to send something to the chain: the wallet in this browser, or a file for a Safe.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Connection } from "../../chain/wallet.ts";
import { Choice } from "../../parts/form.tsx";
import { later } from "../../parts/later.tsx";
import { WithWallet } from "../../parts/wallet.tsx";
import { useLink } from "../../link.ts";
import { useSession } from "../../session.ts";
import type { SafeFileProps } from "../../parts/safe-file.tsx";

const SafeFile = later<SafeFileProps>("position/safe", async () => (await import("./safe.tsx")).SafeFile);

const WAYS = [{ value: "wallet", name: "Wallet in this browser" }, { value: "safe", name: "Safe" }] as const;

type Props = {
  /** Whose wallet it must be; without it anybody's. */
  account?: string;
  /** Whether code stands at the account: then the Safe's way stands first where no wallet here offers it; a key that
   * delegates to code has a wallet. */
  contract: boolean;
  /** What a wallet elsewhere does instead. */
  otherwise: ComponentChildren;
  file: SafeFileProps;
  children: (connection: Connection) => ComponentChildren;
};

export function Ways(props: Props) {
  const { connection, wallets, settled } = useLink();
  const session = useSession();
  const [chosen, setWay] = useState<string>();
  const account = props.account ?? (session.state === "in" ? session.account : undefined);
  const absent = connection ? !connection.accounts.some((each) => each === account) : settled && wallets.length === 0;
  const way = chosen ?? (props.contract && absent ? "safe" : "wallet");
  return (
    <div class="stack ways">
      <Choice small label="How do you send it?" value={way} onChange={setWay} options={WAYS} />
      {way === "safe"
        ? <SafeFile {...props.file} />
        : <WithWallet {...(props.account ? { account: props.account } : {})} otherwise={props.otherwise}>{props.children}</WithWallet>}
    </div>
  );
}
