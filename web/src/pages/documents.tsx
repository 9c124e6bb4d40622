// All papers: the ledger of an account, and each forward's documents.
import { useGet } from "../api/use.ts";
import { ButtonLink } from "../parts/button.tsx";
import { Select } from "../parts/form.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Load, State } from "../parts/state.tsx";
import { showTokens } from "../money.ts";
import { setQuery, usePlace } from "../router.ts";
import { showDay } from "../time.ts";
import { DocumentList } from "./documents/list.tsx";
import type { Position } from "./positions/part.ts";

export function DocumentsPage() {
  const positions = useGet("/api/positions", { every: 60 });
  const { query } = usePlace();
  return (
    <Page title="Documents" lead="Paper to file: the same forward in the same state gives the same bytes, and each file can be checked against the chain.">
      <Section title="Your ledger">
        <ul class="papers">
          <li>
            <div><b>All entries of your books</b><p class="hint">Bookings, fees, settlements, early ends, novations, deposits and withdrawals as double entries. A line that is imported twice keeps its number, so that a program sees it.</p></div>
            <p class="forms"><a href="/api/documents/ledger.csv" download="ifx-ledger.csv" aria-label="Ledger, CSV">CSV</a></p>
          </li>
        </ul>
      </Section>
      <Section title="By forward">
        <Load of={positions} lines={6}>
          {({ items }) => {
            const chosen = items.find((each) => each.id === query.get("forward")) ?? items[0];
            return chosen === undefined
              ? <State kind="empty" title="You have no forward yet." next="Its confirmation stands here as soon as it is booked; final terms that wait for you have one too, on their own page." action={<ButtonLink href="/inbox">To your inbox</ButtonLink>} />
              : (
                <div class="stack wide">
                  <Select label="Forward" value={chosen.id} onChange={(id) => setQuery("forward", id)} options={items.map((each) => ({ value: each.id, name: nameOf(each) }))} />
                  <p><a href={`/positions/${chosen.id}`}>Open this position</a></p>
                  <DocumentList key={chosen.id} of={chosen} />
                </div>
              );
          }}
        </Load>
      </Section>
    </Page>
  );
}

function nameOf(of: Position): string {
  return `${of.underlying}, ${of.side} ${showTokens(of.quantity)}, ${showDay(of.maturity)}, ${of.left ? "handed on" : of.status === "active" ? "open" : of.status} (${of.id.slice(2, 10)})`;
}
