// What is signed, to compare with a wallet, a second device, the command line or the other side: computed in this page.
import { useEffect, useState } from "preact/hooks";
import type { Held } from "../../chain/agreement.ts";
import { onchainDigest } from "../../chain/escrow.ts";
import { attempt } from "../../chain/problem.ts";
import { withTimeLimit } from "../../chain/request.ts";
import type { Message } from "../../chain/typed-data.ts";
import { deployment } from "../../deployment.ts";
import { facts } from "../../facts.ts";
import { useLink } from "../../link.ts";
import { More } from "../../parts/dialog.tsx";
import { Section } from "../../parts/page.tsx";
import { Digest, Facts } from "../../parts/show.tsx";

/** What the escrow itself computes for a message, asked over the wallet: the same, another digest, or not known. */
export type Word = "same" | "differs" | "unknown";

export function useContractsWord(message: Message, digest: string): Word {
  const { connection } = useLink();
  const [word, set] = useState<Word>("unknown");
  const provider = connection?.chainId === facts().chainId ? connection.wallet.provider : undefined;
  useEffect(() => {
    if (!provider) return;
    let over = false;
    void attempt(() => onchainDigest(withTimeLimit(provider.request), deployment(), message)).then((found) => {
      if (!over && found.ok) set(found.value === digest ? "same" : "differs");
    });
    return () => void (over = true);
  }, [provider, digest]);
  return word;
}

export function Compare(props: { held: Held; word: Word }) {
  const { message, digests } = props.held;
  const { chainId, escrow } = facts();
  return (
    <Section title="Compare before you sign" note="Computed in this page from the message, not taken from the desk">
      <p class="said">
        The desk says the same. {props.word === "same" ? "So does the escrow's own computation on the chain." : "Connect a wallet, and the escrow's own computation on the chain is compared as well."}
      </p>
      <Digest label={message.kind === "terms" ? "Digest that is signed; the forward's id" : "Digest that is signed"} of={digests.id}
        note="What a hardware wallet or the other side must show too. Compare all of it." />
      <Digest label="Domain separator" of={digests.domain_separator} />
      <Digest label="Message hash" of={digests.message_hash} note="Wallets that sign blindly show these two." />
      <More title="The message, field by field">
        <Facts items={[
          ["Contract", <code class="wrap">{escrow}</code>, `IFX Forward Escrow, version 1, chain ${chainId}`],
          ...Object.entries(message).map(([name, value]) => [name, <code class="wrap">{String(value)}</code>] as const),
        ]} />
      </More>
    </Section>
  );
}
