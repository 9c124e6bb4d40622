// Sign in: a wallet signs the desk's message (EIP-4361), or the signature of a contract wallet is pasted.
import { useState } from "preact/hooks";
import { get } from "../api/client.ts";
import { useWrite } from "../api/use.ts";
import type { Wallet } from "../chain/discovery.ts";
import type { Result } from "../chain/problem.ts";
import { signText } from "../chain/wallet.ts";
import { connectTo, useLink } from "../link.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { More } from "../parts/dialog.tsx";
import { later } from "../parts/later.tsx";
import { Page } from "../parts/page.tsx";
import { Address } from "../parts/show.tsx";
import { Refused, Room, State } from "../parts/state.tsx";
import { navigate, usePlace } from "../router.ts";
import { signIn, useSession } from "../session.ts";

export function SignInPage() {
  const session = useSession();
  const { query } = usePlace();
  if (session.state === "in") {
    return (
      <Page title="You are signed in" narrow lead={<>As <Address of={session.account} whole /></>}>
        <State kind="done" title="The desk knows this account until you sign out." next="A session lasts twelve hours."
          action={<ButtonLink href="/market">Go to the market</ButtonLink>} />
      </Page>
    );
  }
  return (
    <Page title="Sign in" narrow lead="Your wallet signs a message that names this desk. It books nothing and moves no money.">
      <SignInForm onDone={() => navigate(inside(query.get("next")) ?? "/market", { replace: true })} />
    </Page>
  );
}

/** Where to go afterwards: a path of this page, never another site. */
function inside(next: string | null): string | undefined {
  return next && /^\/(?!\/)[\w/?=&.:-]*$/.test(next) ? next : undefined;
}

const ContractSignIn = later<{ onDone?: (() => void) | undefined }>("sign-in/contract", async () => (await import("./sign-in/contract.tsx")).ContractSignIn);

/** The ways to sign in; the page around it changes by itself once somebody is. */
export function SignInForm(props: { onDone?: () => void }) {
  const { wallets, gathered } = useLink();
  const write = useWrite();
  const [asked, ask] = useState<string>();
  const begin = (wallet: Wallet) => {
    ask(wallet.id);
    void write.run(() => withWallet(wallet)).then((done) => done && props.onDone?.());
  };
  if (!gathered) return <div class="sign-in"><Room lines={5} /></div>;
  return (
    <div class="sign-in">
      <ul class="wallets" aria-label="Wallets in this browser">
        {wallets.map((each) => (
          <li key={each.id}>
            {each.icon ? <img src={each.icon} alt="" width="28" height="28" /> : <span class="no-icon" aria-hidden="true" />}
            <span class="wallet-name">{each.name}</span>
            <Button kind="plain" busy={write.busy && asked === each.id} doing="Look at your wallet" onClick={() => begin(each)}>Sign in</Button>
          </li>
        ))}
      </ul>
      {wallets.length === 0 && (
        <State kind="empty" title="No wallet was found in this browser."
          next="Unlock or install one (MetaMask, Rabby, Ledger Live, Frame) and it appears here by itself. Without one in this browser, use a Safe or the command line below." />
      )}
      <Refused problem={write.problem} />
      <More title="Sign in with a Safe or another contract wallet"><ContractSignIn onDone={props.onDone} /></More>
    </div>
  );
}

async function withWallet(wallet: Wallet): Promise<Result<unknown>> {
  const connection = await connectTo(wallet);
  if (!connection.ok) return connection;
  const [account] = connection.value.accounts;
  const { message } = await get("/api/session/message", { query: { account } });
  const signed = await signText(wallet.provider.request, account, message);
  if (signed.ok) await signIn(message, signed.value);
  return signed;
}
