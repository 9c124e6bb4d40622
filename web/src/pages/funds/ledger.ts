// The desk's ledger file, read for the page: what moved between wallet, free balance and locked prefunding. Pure.
import { parseMoney } from "../../money.ts";

/** One entry, as otc_desk/documents/ledger.py writes it. */
export type Entry = {
  entry: string;
  /** Unix seconds UTC of its block. */
  at: number;
  event: string;
  debit: string;
  credit: string;
  /** micro-USDT. */
  amount: bigint;
  /** The forward's id; empty for a deposit or a withdrawal. */
  forward: string;
  transaction: string;
};

/** The entries of a ledger.csv, in its order. A line without the columns that are needed is left out. */
export function readLedger(text: string): Entry[] {
  const [head, ...lines] = text.split(/\r?\n/).filter((each) => each !== "").map(cells);
  const place = (name: string) => head?.indexOf(name) ?? -1;
  return lines.flatMap((line) => {
    const found = (name: string) => line[place(name)] ?? "";
    const at = Date.parse(`${found("date")}T${found("time").replace(/Z?$/, "Z")}`) / 1000;
    if (!Number.isFinite(at) || !/^\d+(\.\d{1,6})?$/.test(found("amount"))) return [];
    return [{
      entry: found("entry"), at, event: found("event"), debit: found("debit"), credit: found("credit"),
      amount: parseMoney(found("amount")), forward: found("forward"), transaction: found("transaction"),
    }];
  });
}

/** The cells of a line: quoted ones hold commas and doubled quotes. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}
