// A Safe, or another contract wallet, signs in: its owners sign, and the desk asks the wallet (ERC-1271).
import { useState } from "preact/hooks";
import { get } from "../../api/client.ts";
import { useWrite } from "../../api/use.ts";
import { joinOwners } from "../../chain/safe.ts";
import { safeMessageHash } from "../../chain/typed-data.ts";
import { type Address, type Hex, readAddress, readBytes } from "../../chain/values.ts";
import { facts } from "../../facts.ts";
import { useLink } from "../../link.ts";
import { Button } from "../../parts/button.tsx";
import { TextArea, TextField } from "../../parts/form.tsx";
import { Digest, useNow } from "../../parts/show.tsx";
import { Refused } from "../../parts/state.tsx";
import { signIn } from "../../session.ts";
import { now, showSpan } from "../../time.ts";
import { safeTypedData, textDigest } from "./owners.ts";

/** How long a message is good for, seconds (`otc_desk/sessions.py`). */
const GOOD_FOR = 600;

type Asked = { safe: Address; text: string; until: number };

export function ContractSignIn(props: { onDone?: (() => void) | undefined }) {
  const [account, setAccount] = useState("");
  const [asked, setAsked] = useState<Asked>();
  const write = useWrite();
  const looksRight = /^0x[0-9a-fA-F]{40}$/.test(account.trim());
  const ask = () => void write.run(async () => {
    const safe = readAddress(account.trim());
    const { message } = await get("/api/session/message", { query: { account: safe } });
    setAsked({ safe, text: message, until: now() + GOOD_FOR });
  });
  return (
    <div class="stack">
      <p>Its owners sign one hash; the desk then asks the wallet's contract whether it accepts what they signed (ERC-1271).</p>
      <TextField label="Address of the Safe" value={account} onInput={setAccount} placeholder="0x…" maxLength={42} figure />
      <Button kind={asked ? "plain" : "primary"} busy={write.busy} onClick={ask} disabled={!looksRight} why="An address has 0x and 40 digits.">
        {asked ? "Get a new message" : "Get the message"}
      </Button>
      <Refused problem={write.problem} />
      {asked && <Owners key={asked.text} {...asked} onDone={props.onDone} />}
    </div>
  );
}

/** The hash to sign, here by an owner's wallet or elsewhere, and the signatures so far. */
function Owners(props: Asked & { onDone?: (() => void) | undefined }) {
  const { safe, text, until } = props;
  const { wallets, connection } = useLink();
  const [signatures, setSignatures] = useState("");
  const signing = useWrite();
  const sending = useWrite();
  const left = until - useNow(1);
  const { chainId } = facts();
  const digest = textDigest(text);
  const hash = safeMessageHash(digest, safe, chainId);
  const request = (connection?.wallet ?? wallets[0])?.provider.request;
  const sign = () => void signing.run(async () => {
    const [owner] = (await request!({ method: "eth_requestAccounts" })) as [string];
    const given = await request!({ method: "eth_signTypedData_v4", params: [owner, safeTypedData(digest, safe, chainId)] });
    const signature = readBytes(given, "wallet's signature");
    setSignatures((before) => [before.trim(), signature].filter(Boolean).join("\n"));
  });
  const send = () => void sending
    .run(async () => signIn(text, await joined(request, hash, signatures)))
    .then((done) => done && props.onDone?.());
  return (
    <>
      <pre class="message" tabIndex={0} aria-label="Message">{text}</pre>
      <p class="hint" role="timer">{left > 0 ? `Good for one sign-in within ${showSpan(left)}.` : "Its time is over: get a new message."}</p>
      <Digest label="SafeMessage hash, which each owner signs" of={hash} note={<><code>ifx sign-in --account {safe}</code> shows it too, for a message of its own.</>} />
      {request && <Button kind="plain" busy={signing.busy} doing="Look at your wallet" onClick={sign}>Sign as an owner with this browser's wallet</Button>}
      <Refused problem={signing.problem} />
      <TextArea label="Owners' signatures" code value={signatures} onInput={setSignatures}
        hint={`0x and 130 digits each, ${request ? "in any order: the page sorts them." : "in the order of the owners' addresses."}`} />
      <Button busy={sending.busy} doing="Asking the Safe" onClick={send} disabled={signatures.trim() === "" || left <= 0} why={left > 0 ? "At least one signature is needed." : "Get a new message first."}>
        Sign in as the Safe
      </Button>
      <Refused problem={sending.problem} />
    </>
  );
}

async function joined(request: Parameters<typeof joinOwners>[0] | undefined, hash: Hex, text: string): Promise<string> {
  if (request) return (await joinOwners(request, hash, text)).signature;
  // Nobody to recover the owners with: joined as they come, and the desk asks the Safe.
  return readBytes(`0x${text.split(/[\s,;"']+/).map((each) => each.replace(/^0x/i, "")).join("")}`, "signature");
}
