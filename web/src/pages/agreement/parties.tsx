// Whom an agreement concerns, and who approved it how. Names are the parties' own text: isolated and wrapped.
import { Section } from "../../parts/page.tsx";
import { Address, Tag, Time } from "../../parts/show.tsx";
import { Table } from "../../parts/table.tsx";
import type { Agreement } from "./words.ts";

export function Parties(props: { of: Agreement }) {
  const { of } = props;
  return (
    <Section title="Parties" note="Names as they gave them to the desk; the accounts are what counts">
      <Table
        caption="Parties and their approvals"
        rows={of.parties}
        rowKey={(each) => each.role}
        columns={[
          { name: "Role", head: true, cell: (each) => `${each.role.charAt(0).toUpperCase()}${each.role.slice(1)}${each.role === of.role ? " (you)" : ""}` },
          { name: "Name", cell: (each) => each.name ? <bdi class="name">{each.name}</bdi> : each.role === of.role ? <a href="/profile">Give yours</a> : <span class="quiet">none given</span> },
          { name: "Account", cell: (each) => <Address of={each.account} /> },
          { name: "Approval", cell: (each) => each.approved
            ? <span><Tag tone="good">{each.method === "onchain" ? "approved on the chain" : "signed"}</Tag> {each.approved_at !== null && <Time at={each.approved_at} />}</span>
            : <Tag>{of.state === "sent" ? "not yet" : "none"}</Tag> },
        ]}
      />
    </Section>
  );
}
