// The roadmap's gates, counted from the chain's events, and the contracts with which anybody counts them again.
import type { Schema } from "../../api/types.ts";
import { More } from "../../parts/dialog.tsx";
import { Section } from "../../parts/page.tsx";
import { Address, Facts } from "../../parts/show.tsx";
import { Progress } from "../../parts/steps.tsx";

const NAMES: Record<string, string> = {
  simultaneous_positions: "Positions open at once",
  settlements_without_dispute: "Settlements without a dispute",
};

export function Gates(props: { gates: readonly Schema<"GateOut">[]; deployment: Schema<"DeploymentOut"> }) {
  return (
    <Section title="Gates to the next stage" note="Reached when the block that reached them is final">
      <ul class="gates">{props.gates.map((each) => <li key={each.name}><Gate of={each} /></li>)}</ul>
      <Contracts of={props.deployment} />
    </Section>
  );
}

function Gate(props: { of: Schema<"GateOut"> }) {
  const { of } = props;
  const name = NAMES[of.name] ?? of.name;
  const now = of.count === of.highest ? "" : ` at most so far, ${of.count} now`;
  return (
    <>
      <p class="gate"><span>{name}</span><span class="amount"><b>{of.highest}</b> of {of.needed}</span></p>
      <Progress label={`${name}: ${of.highest} of ${of.needed}`} value={of.highest} of={of.needed} />
      <p class="hint">{of.reached ? "Reached." : `${of.needed - Math.min(of.highest, of.needed)} to go${now && `;${now}`}.`} {of.final === null ? "" : `Final: ${of.final}.`}</p>
    </>
  );
}

function Contracts(props: { of: Schema<"DeploymentOut"> }) {
  const { of } = props;
  return (
    <More title="The contracts behind all this">
      <Facts
        items={[
          ["Network", `${of.network}, chain ${of.chain_id}`],
          ["ForwardEscrow", <Address of={of.escrow} whole />, "holds the money, settles, pays out"],
          ["FixingOracle", <Address of={of.oracle} whole />, "holds the fixings"],
          ["USDT", <Address of={of.token} whole />],
          ["Timelock", <Address of={of.timelock} whole />, "owns escrow and oracle; cannot stop a settlement"],
          ["First block", of.block.toLocaleString("en")],
          of.commit ? ["Source", <code>{of.commit}</code>] : null,
        ]}
      />
    </More>
  );
}
