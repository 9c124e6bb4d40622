// Nothing is signed on a desk's word: what it sends is computed again here, from the message's fields alone, and every
// figure and digest that the page would show is held against that. The same as ifx_sdk/desk/holding.py.
import { feeOf, needed, prefunding, type Side, worstCase } from "./payoff.ts";
import { badValue, problem, Refusal, type Result } from "./problem.ts";
import { type Digests, digestsOf, type Domain, type Kind, type Message, partiesOf, readMessage, safeMessageHash, type Terms } from "./typed-data.ts";
import { type Address, type Hex, readUint } from "./values.ts";

/** What is read of the desk's `GET /api/agreements/{id}`. Prices and amounts are decimal text there. */
export interface AgreementAnswer {
  readonly kind: Kind;
  readonly role: string;
  readonly digest: string;
  readonly forward: string;
  readonly deadline: number;
  readonly parties: readonly { readonly role: string; readonly account: string }[];
  readonly message: Readonly<Record<string, unknown>>;
  readonly digests: Readonly<Record<"id" | "domain_separator" | "message_hash" | "safe_message_hash", string>>;
  readonly terms: null | Readonly<Record<"price" | "spot" | "indicative" | "prefunding" | "fee" | "needed" | "worst_case", string>> & {
    readonly side: string;
    readonly underlying: string;
    readonly quantity: number;
    readonly averaging_days: number;
    readonly maturity: number;
  };
}

/** A message that agrees with everything that the desk said of it, and what was computed from it here. */
export interface Held {
  readonly message: Message;
  readonly digests: Digests & { readonly safe_message_hash: Hex };
}

/** Hold an agreement's answer. `domain` is the escrow's as the page knows it, `account` the one that would approve. */
export function holdAgreement(answer: AgreementAnswer, domain: Domain, account: Address): Result<Held> {
  try {
    const message = readMessage(answer.kind, answer.message);
    const digests = digestsOf(message, domain);
    const safe_message_hash = safeMessageHash(digests.id, account, domain.chainId);
    const parties = partiesOf(message);
    const said = Object.fromEntries(answer.parties.map(({ role, account: who }) => [role, who]));
    const facts: Facts = {
      "the digest": [answer.digest, digests.id],
      "the digest to compare": [answer.digests.id, digests.id],
      "the domain": [answer.digests.domain_separator, digests.domain_separator],
      "the message's hash": [answer.digests.message_hash, digests.message_hash],
      "what a Safe's owners sign": [answer.digests.safe_message_hash, safe_message_hash],
      "the deadline": [readUint(answer.deadline, "deadline"), message.deadline],
      "the number of parties": [answer.parties.length, Object.keys(parties).length],
      [`who is ${answer.role}`]: [account, parties[answer.role]],
      ...Object.fromEntries(Object.entries(parties).map(([role, who]) => [`the ${role}`, [said[role], who] as const])),
      ...(message.kind === "terms" ? money(answer, message, digests.id) : { "the forward": [answer.forward, message.forward] as const }),
    };
    for (const [what, [theirs, ours]] of Object.entries(facts)) {
      if (theirs !== ours) {
        throw untrue(what, theirs, ours);
      }
    }
    return { ok: true, value: { message, digests: { ...digests, safe_message_hash } } };
  } catch (error) {
    if (error instanceof Refusal) {
      return { ok: false, problem: error.problem };
    }
    throw error;
  }
}

type Facts = Record<string, readonly [theirs: unknown, ours: unknown]>;

/** What the desk says that terms cost and risk. */
function money({ terms: said, role, forward }: AgreementAnswer, terms: Terms, id: Hex): Facts {
  if (said === null) {
    throw untrue("what the terms mean", null, "something");
  }
  const side: Side = role === "long" ? "long" : "short";
  return {
    "the forward": [forward, id],
    "the side": [said.side, side],
    "the underlying": [said.underlying, terms.underlying],
    "the quantity": [readUint(said.quantity, "quantity"), terms.quantity],
    "the averaging days": [readUint(said.averaging_days, "averaging days"), terms.averaging_days],
    "the maturity": [readUint(said.maturity, "maturity"), terms.maturity],
    "the price": [micro(said.price), terms.price],
    "the spot": [micro(said.spot), terms.spot],
    "the indicative price": [micro(said.indicative), terms.indicative],
    "the prefunding": [micro(said.prefunding), prefunding(terms)],
    "the fee": [micro(said.fee), feeOf(side, terms)],
    "what booking collects": [micro(said.needed), needed(side, terms)],
    "the worst case": [micro(said.worst_case), worstCase(side, terms)],
  };
}

/** The desk's decimal text of USDT or USD as millionths; refused where it has more than 6 decimals. */
function micro(text: string): bigint {
  const found = /^([0-9]{1,72})(?:\.([0-9]{1,6}))?$/.exec(text);
  if (found === null) {
    throw badValue(`The desk's amount ${JSON.stringify(String(text).slice(0, 40))} is none.`, "Do not sign it; tell the desk.");
  }
  return BigInt(found[1]! + (found[2] ?? "").padEnd(6, "0"));
}

function untrue(what: string, theirs: unknown, ours: unknown): Refusal {
  const shown = [theirs, ours].map((each) => String(each).slice(0, 80));
  return new Refusal(
    problem("untrue", {
      what: `The desk says ${what} is ${shown[0]}, but its own message gives ${shown[1]}.`,
      cure: "Do not sign it. Tell the desk by a way that you know already.",
    }),
  );
}
