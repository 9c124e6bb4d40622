// Everything that moved, newest first: from the ledger that can also be downloaded.
import { useEffect, useState } from "preact/hooks";
import { ButtonLink } from "../../parts/button.tsx";
import { Section } from "../../parts/page.tsx";
import { Amount, Copy, shortened, Time } from "../../parts/show.tsx";
import { Room, State } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { type Entry, readLedger } from "./ledger.ts";

const MOST = 40;
const PLACES: Readonly<Record<string, string>> = {
  wallet: "your wallet", "escrow-free": "free on the escrow", "escrow-locked": "locked", fees: "fees", "forward-result": "the forward's result", "third-party": "another account",
};

/** `version` changes when something moved: the ledger is then read again. */
export function Moves(props: { version: string }) {
  const { entries, failed } = useLedger(props.version);
  const shown = entries && [...entries].reverse().slice(0, MOST);
  return (
    <Section title="What moved" note={<a href="/api/documents/ledger.csv" download="ifx-ledger.csv">Download the ledger (CSV)</a>}>
      {failed ? <State kind="error" title="The ledger cannot be read at the moment." next="The page tries again when you come back to it; balances above are the chain's." action={<ButtonLink kind="plain" href="/documents">Documents</ButtonLink>} />
        : shown === undefined ? <Room lines={5} />
        : <Table<Entry>
            caption="Movements, newest first"
            rows={shown}
            rowKey={(each) => each.entry}
            empty={<State kind="empty" title="Nothing has moved yet." next="The first booking, deposit or withdrawal opens this list." />}
            columns={[
              { name: "What", head: true, cell: (each) => <>{each.event}{each.forward && <> <a class="hint" href={`/positions/${each.forward}`}>{shortened(each.forward)}</a></>}</> },
              { name: "When", cell: (each) => <Time at={each.at} /> },
              { name: "From", cell: (each) => PLACES[each.credit] ?? each.credit },
              { name: "To", cell: (each) => PLACES[each.debit] ?? each.debit },
              { name: "Amount, USDT", figure: true, cell: (each) => <Amount of={each.amount} unit={null} /> },
              { name: "Transaction", wide: true, cell: (each) => <span class="tx"><code title={each.transaction}>{shortened(each.transaction)}</code><Copy text={each.transaction} what="transaction" /></span> },
            ]}
          />}
    </Section>
  );
}

/** The file itself, not through the client: it is no JSON. */
function useLedger(version: string): { entries: Entry[] | undefined; failed: boolean } {
  const [entries, set] = useState<Entry[]>();
  const [failed, fail] = useState(false);
  useEffect(() => {
    let over = false;
    const read = async () => {
      try {
        const answer = await fetch("/api/documents/ledger.csv", { credentials: "same-origin", headers: { Accept: "text/csv" } });
        if (over) return;
        if (answer.ok) set(readLedger(await answer.text()));
        fail(!answer.ok);
      } catch {
        if (!over) fail(true);
      }
    };
    void read();
    return () => {
      over = true;
    };
  }, [version]);
  return { entries, failed };
}
