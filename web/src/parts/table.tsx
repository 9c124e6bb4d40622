// Tables that become lists of cards on a phone, with a caption and row headings for screen readers.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

export type Column<Row> = {
  /** Heading. */
  name: string;
  /** The cell. */
  cell: (row: Row) => ComponentChildren;
  /** Figures stand right. */
  figure?: boolean;
  /** The row's name: the first of a row for screen readers, the card's title on a phone. Exactly one column. */
  head?: boolean;
  /** Left away on a phone. */
  wide?: boolean;
};

/** `caption` is read by screen readers; the heading above says it to everybody else. `empty` is shown without rows. */
export function Table<Row>(props: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  empty?: ComponentChildren;
  /** Whether a row is the chosen one. */
  chosen?: (row: Row) => boolean;
  /** So many rows at first, the others on demand. */
  most?: number;
}) {
  const [whole, show] = useState(false);
  if (props.rows.length === 0 && props.empty) return <>{props.empty}</>;
  const rows = whole || !props.most ? props.rows : props.rows.slice(0, props.most);
  const more = props.rows.length - rows.length;
  return (
    <div class="table-wrap">
      <table class="table">
        <caption class="unseen">{props.caption}</caption>
        <thead>
          <tr>{props.columns.map((each) => <th key={each.name} scope="col" class={classOf(each)}>{each.name}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={props.rowKey(row)} class={props.chosen?.(row) ? "chosen" : undefined}>
              {props.columns.map((each) => each.head
                ? <th key={each.name} scope="row" class={classOf(each)}>{each.cell(row)}</th>
                : <td key={each.name} class={classOf(each)} data-name={each.name}>{each.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <button type="button" class="button quiet" onClick={() => show(true)}>Show {more} more</button>}
    </div>
  );
}

function classOf<Row>(column: Column<Row>): string {
  return [column.figure && "figure", column.wide && "wide", column.head && "head"].filter(Boolean).join(" ");
}
