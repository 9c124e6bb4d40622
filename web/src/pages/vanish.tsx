// What a counterparty does when the desk is gone: here with a wallet, and in a file that is kept for the day on which
// nothing of ours answers any more.
import { deployment } from "../deployment.ts";
import { facts } from "../facts.ts";
import { ButtonLink } from "../parts/button.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Copy, Facts } from "../parts/show.tsx";
import { Access } from "./vanish/access.tsx";
import { Contracts, LEAD } from "./vanish/contracts.tsx";

export function VanishPage() {
  const { network, saved, block, timelock } = facts();
  const place = { ...deployment(), network, block, timelock };
  return (
    <Page title="If we vanish" lead={LEAD}>
      <Section title="Keep this page" note="Today, while it is still here">
        <p class="said">The file below is this page as one whole: script and style are inside, it asks no server but the chain endpoint that you name, and it works from your disk. Keep it beside your confirmation; it knows the contracts of this desk.</p>
        <div class="actions"><ButtonLink href={saved.url} download="if-we-vanish.html">Download the page</ButtonLink></div>
        <Facts items={[["SHA-256 of the file", <><code>{saved.sha256}</code><Copy text={saved.sha256} what="SHA-256" /></>, <>A checkout of the project says the same for these contracts: <code>python -m otc_desk.web.saved deployments/{network}.toml | sha256sum</code></>]]} />
      </Section>
      <Access deployment={place} endpoints={false} />
      <Contracts of={place} />
    </Page>
  );
}
