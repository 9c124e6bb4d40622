// What the desk's documents say for programs: the confirmation and the statement of settlement, as JSON. Their shapes are
// those of otc_desk/documents; whoever traded elsewhere has none here.
import { type Loaded, useGet } from "../../api/use.ts";

type Party = { account: string; name: string | null };

/** Of the confirmation: only what the page shows. */
export type Confirmation = {
  /** When it was booked, unix seconds UTC. */
  dated: number;
  booked: boolean;
  parties: Record<"long" | "short" | "long_now" | "short_now", Party>;
  /** USDT. */
  fee: Record<"both" | "long" | "short", string>;
  signed: {
    domain_separator: string;
    message_hash: string;
    digest: string;
    approvals: { role: string; account: string; method: string; at: number | null }[];
  };
  novations: { side: "long" | "short"; outgoing: string; incoming: string; payment: string; at: number; tx: string }[];
};

/** Of the statement of settlement. */
export type Statement = {
  how: "settlement" | "termination";
  settlement_price: string;
  days: { day: string; fixing_of: string; price: string; signers: number }[];
  /** When it was paid out, unix seconds UTC. */
  ended_at: number;
  tx: string;
  block: number;
  final: boolean;
};

export function useConfirmation(forward: string): Loaded<Confirmation> {
  return usePaper(forward, "confirmation", true) as Loaded<Confirmation>;
}

/** `when`: once it has ended. */
export function useStatement(forward: string, when: boolean): Loaded<Statement> {
  return usePaper(forward, "settlement", when) as Loaded<Statement>;
}

function usePaper(forward: string, kind: "confirmation" | "settlement", when: boolean): Loaded<unknown> {
  return useGet("/api/documents/{forward}/{kind}.{form}", { path: { forward, kind, form: "json" }, query: {}, when });
}
