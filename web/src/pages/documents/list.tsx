// The documents of one forward: what there is now, and what comes when.
import { useGet } from "../../api/use.ts";
import { Load, State } from "../../parts/state.tsx";
import { showDay } from "../../time.ts";
import { isOpen, type Position } from "../positions/part.ts";

type Kind = "confirmation" | "settlement" | "mark" | "memo" | "ledger" | "dates";

const ABOUT: Readonly<Record<Kind, readonly [title: string, about: string]>> = {
  confirmation: ["Confirmation", "Parties, all terms, formula with a worked table, price source, approvals and digests."],
  settlement: ["Statement of settlement", "The fixings, the computation line by line, payouts and transaction."],
  mark: ["Mark to market", "Its worth at the newest fixing and on the published curve, with their source."],
  memo: ["Hedge memo", "Critical terms and measured effectiveness for ASC 815 or IFRS 9; no advice."],
  ledger: ["Ledger of this forward", "Double entries, ready to import; a line keeps its number."],
  dates: ["Dates", "Maturity, averaging and certainty for your calendar."],
};
const KINDS = Object.keys(ABOUT) as Kind[];
const FORMS: Readonly<Record<string, string>> = { pdf: "PDF", json: "JSON", csv: "CSV", ics: "Calendar (.ics)" };

export function DocumentList(props: { of: Position }) {
  const { of } = props;
  const forward = of.id;
  const list = useGet("/api/documents", { query: { forward } });
  if (list.problem?.slug === "not-found") {
    return <State kind="empty" title="There are no documents here." next="This desk does not hold the terms of this forward: they were agreed elsewhere. The command line reads it from the chain: ifx forward shows it." />;
  }
  return (
    <Load of={list} lines={6}>
      {({ items }) => (
        <ul class="papers">
          {KINDS.map((kind) => {
            const [title, about] = ABOUT[kind];
            const forms = items.filter((each) => each.kind === kind);
            return (
              <li key={kind}>
                <div><b>{title}</b><p class="hint">{about}</p></div>
                {forms.length > 0
                  ? <p class="forms">{forms.map((each) => <a key={each.form} href={each.url} download={nameOf(forward, kind, each.form)} aria-label={`${title}, ${FORMS[each.form]}`}>{FORMS[each.form]}</a>)}</p>
                  : <p class="hint forms">{missing(kind, of)}</p>}
              </li>
            );
          })}
        </ul>
      )}
    </Load>
  );
}

/** Under which name it is saved: the desk's own. */
function nameOf(forward: string, kind: string, form: string): string {
  return `ifx-${kind}-${forward.slice(2, 10)}.${form}`;
}

/** When what is missing will be there. */
function missing(kind: Kind, of: Position): string {
  if (of.left !== null) return "Not for who handed the forward on: it belongs to the sides of today.";
  if (kind === "settlement" && isOpen(of)) return `After its settlement, from ${showDay(of.maturity)} on, or an early end.`;
  return "Once it is booked.";
}
