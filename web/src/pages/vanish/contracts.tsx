// The contracts that all of it is about, and what needs nobody of ours.
import { Section } from "../../parts/page.tsx";
import { Address, Copy, Facts } from "../../parts/show.tsx";
import type { ComponentChildren } from "preact";
import type { Place } from "./where.ts";

export const LEAD = "What is booked needs no desk. Your prefunding lies in a contract that pays both sides by the posted fixings: anybody may settle, only you withdraw, and nobody can stop either. A node of the chain is enough.";

export function Contracts(props: { of: Place; children?: ComponentChildren }) {
  const { of } = props;
  const command = "ifx forwards --account 0x… --rpc https://… --deployment contracts.toml";
  return (
    <Section title="The contracts" note="Compare them with your confirmation">
      <Facts items={[
        ["Chain", `${of.chainId} (${of.network})`],
        ["Escrow", <Address of={of.escrow} whole />, "Holds the money; settles and pays out."],
        ["USDT", <Address of={of.token} whole />],
        ["Oracle", <Address of={of.oracle} whole />, "Keeps the fixings by which it settles."],
        of.timelock !== null && ["Timelock", <Address of={of.timelock} whole />, "Owns escrow and oracle; can stop neither settlement nor withdrawal."],
        ["First block", of.block.toLocaleString("en"), "No event of theirs is older."],
      ]} />
      {props.children}
      <h3 class="after">What still works without us, and what does not</h3>
      <ul class="plain-list">
        <li>Fixings are posted by the oracle's nodes. If they stop too, a day without a fixing takes the first one of the next two days, else the newest earlier one: every forward gets its price, three days after its maturity at the latest.</li>
        <li>Nothing new can be booked, since only the desk's key books. An early end and a novation need no desk: all whom they concern sign, and anybody sends it (<code>ifx termination</code>, <code>ifx novation</code>).</li>
        <li>The same at the prompt: <span class="command"><code>{command}</code><Copy text={command} what="command" /></span></li>
      </ul>
    </Section>
  );
}
