// What the page computes of messages, figures and Safe files, for tests/agreement/test_page_digests.py.
//
// stdin:  {"messages": [{"kind", "message", "chain_id", "escrow", "account"}], "figures": [{...terms, "at": [price]}],
//          "batches": [{"calls": [{"to", "data"}], "label": {...}}]}; numbers are decimal text
//          and "agreements": [{"answer": a desk's, "chain_id", "escrow", "account"}], for tests/otc_desk/test_page_holds.py
// stdout: the same lists, computed; amounts are decimal text
import { readFileSync } from "node:fs";
import { type AgreementAnswer, holdAgreement } from "../src/chain/agreement.ts";
import { approveCall, revokeCall } from "../src/chain/escrow.ts";
import { bestCase, breakEven, fee, feeOf, needed, payoff, payout, prefunding, type PricedFigures, type Side, worstCase } from "../src/chain/payoff.ts";
import { batchFile, type BatchLabel } from "../src/chain/safe.ts";
import { digestsOf, type Kind, partiesOf, readMessage, safeMessageHash, typedDataJson } from "../src/chain/typed-data.ts";
import { type Hex, readAddress, readUint } from "../src/chain/values.ts";

interface Asked {
  readonly messages: readonly { readonly kind: Kind; readonly message: unknown; readonly chain_id: number; readonly escrow: string; readonly account: string }[];
  readonly figures: readonly (Readonly<Record<keyof PricedFigures, string>> & { readonly at: readonly string[] })[];
  readonly agreements?: readonly { readonly answer: AgreementAnswer; readonly chain_id: number; readonly escrow: string; readonly account: string }[];
  readonly batches: readonly { readonly calls: readonly { readonly to: Hex; readonly data: Hex }[]; readonly label: BatchLabel }[];
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Asked;

const messages = asked.messages.map(({ kind, message: json, chain_id: chainId, escrow, account }) => {
  const domain = { chainId, escrow: readAddress(escrow) };
  const message = readMessage(kind, json);
  const digests = digestsOf(message, domain);
  const where = { ...domain, token: domain.escrow, oracle: domain.escrow, block: 0 };
  return {
    ...digests,
    safe_message_hash: safeMessageHash(digests.id, readAddress(account), chainId),
    typed_data: JSON.parse(typedDataJson(message, domain)) as unknown,
    parties: partiesOf(message),
    approve: approveCall(where, message).data,
    revoke: revokeCall(where, message).data,
  };
});

const figures = asked.figures.map(({ at, ...texts }) => {
  const read = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, readUint(text)])) as unknown as PricedFigures;
  const of = (side: Side): Record<string, unknown> => ({
    fee: feeOf(side, read),
    needed: needed(side, read),
    worst_case: worstCase(side, read),
    best_case: bestCase(side, read),
    break_even: breakEven(side, read),
    payoffs: at.map((price) => payoff(side, read, readUint(price))),
    payouts: at.map((price) => payout(side, read, readUint(price))),
  });
  return { prefunding: prefunding(read), fee: fee(read), long: of("long"), short: of("short") };
});

const batches = asked.batches.map(({ calls, label }) => batchFile(calls, label));

const agreements = (asked.agreements ?? []).map(({ answer, chain_id: chainId, escrow, account }) =>
  holdAgreement(answer, { chainId, escrow: readAddress(escrow) }, readAddress(account)),
);

const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
process.stdout.write(JSON.stringify({ messages, figures, batches, agreements }, plain));
