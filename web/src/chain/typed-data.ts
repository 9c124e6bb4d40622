// The messages that parties approve, and the digests that wallets show of them (EIP-712). Computed here from the fields
// alone: nothing that a desk says about a digest is taken over. Source: docs/protocol.md, "Terms"; the same as
// ifx_sdk/terms.py, endings.py, signing.py and safe_message.py, bit for bit (tests/agreement/test_page_digests.py).
import { encode } from "./coder.ts";
import { keccak, keccakText } from "./hash.ts";
import { badValue } from "./problem.ts";
import { type Address, type Hex, readAddress, readHash, readObject, readUint } from "./values.ts";

/** A forward as both sides approve it. Field names are those of the contract and the desk. */
export interface Terms {
  readonly kind: "terms";
  /** Receives when the price rises. */
  readonly long: Address;
  /** Receives when the price falls. */
  readonly short: Address;
  /** `provider/model-id`. */
  readonly underlying: string;
  /** N, Mtok. */
  readonly quantity: bigint;
  /** F, micro-USDT per Mtok. */
  readonly price: bigint;
  /** S0, micro-USDT per Mtok: the fixing of the day of booking. */
  readonly spot: bigint;
  /** F_ind, micro-USDT per Mtok: the base of the fee. */
  readonly indicative: bigint;
  /** 00:00:00 UTC of the maturity day, unix seconds. */
  readonly maturity: bigint;
  /** Days in the settlement price's mean. */
  readonly averaging_days: bigint;
  /** Last second at which it can be booked, unix seconds. */
  readonly deadline: bigint;
  /** Makes otherwise equal terms differ. */
  readonly salt: Hex;
}

/** An early end at an agreed price. */
export interface Termination {
  readonly kind: "termination";
  /** The forward's id. */
  readonly forward: Hex;
  readonly long: Address;
  readonly short: Address;
  /** micro-USDT per Mtok, in the place of the settlement price. */
  readonly price: bigint;
  readonly deadline: bigint;
  readonly salt: Hex;
}

/** A new party in one side's place. */
export interface Novation {
  readonly kind: "novation";
  /** The forward's id, which stays. */
  readonly forward: Hex;
  /** Leaves, for ever. */
  readonly outgoing: Address;
  readonly incoming: Address;
  readonly remaining: Address;
  /** micro-USDT from incoming to outgoing, 0 to 2B. */
  readonly payment: bigint;
  readonly deadline: bigint;
  readonly salt: Hex;
}

export type Message = Terms | Termination | Novation;
export type Kind = Message["kind"];

/** Where messages are valid: one escrow on one chain. */
export interface Domain {
  readonly chainId: number;
  readonly escrow: Address;
}

/** What wallets and second devices show; each 32 bytes. Names as in the desk's answers. */
export interface Digests {
  /** What is signed: the message's id, for terms the forward's id. */
  readonly id: Hex;
  readonly domain_separator: Hex;
  readonly message_hash: Hex;
}

type Field = { readonly name: string; readonly type: "address" | "string" | "uint256" | "bytes32" | "bytes" };

const DOMAIN = fields("string name,string version,uint256 chainId,address verifyingContract");

/** Primary type and fields, in EIP-712's order and by its names: only `averagingDays` is written otherwise here. */
const TYPES: Readonly<Record<Kind, readonly [primaryType: string, fields: readonly Field[]]>> = {
  terms: [
    "Forward",
    fields("address long,address short,string underlying,uint256 quantity,uint256 price,uint256 spot,uint256 indicative,uint256 maturity,uint256 averagingDays,uint256 deadline,bytes32 salt"),
  ],
  termination: ["Termination", fields("bytes32 forward,address long,address short,uint256 price,uint256 deadline,bytes32 salt")],
  novation: [
    "Novation",
    fields("bytes32 forward,address outgoing,address incoming,address remaining,uint256 payment,uint256 deadline,bytes32 salt"),
  ],
};
const UNDERLYING = /^[a-z0-9./:_-]{3,64}$/;

function fields(text: string): readonly Field[] {
  return text.split(",").map((each) => {
    const [type, name] = each.split(" ") as [Field["type"], string];
    return { name, type };
  });
}

/** Its name in a message here and in the desk's JSON. */
function keyOf(field: Field): string {
  return field.name === "averagingDays" ? "averaging_days" : field.name;
}

/** Read a message as the desk or a file has it: exactly its fields. Throws a `Refusal` ("bad value"). */
export function readMessage(kind: Kind, json: unknown): Message {
  const given = readObject(json, kind);
  const [, wanted] = TYPES[kind];
  const keys = wanted.map(keyOf);
  const strange = Object.keys(given).find((key) => !keys.includes(key));
  if (strange !== undefined) {
    throw badValue(`The ${kind} has an unknown field ${JSON.stringify(strange.slice(0, 40))}.`, "Do not sign it; tell the desk.");
  }
  const read = Object.fromEntries(wanted.map((field) => [keyOf(field), readField(field, given[keyOf(field)])]));
  return { kind, ...read } as unknown as Message; // every field was read by its type just now
}

function readField(field: Field, value: unknown): string | bigint {
  const name = field.name;
  if (field.type === "address") {
    return readAddress(value, name);
  }
  if (field.type === "uint256") {
    return readUint(value, name);
  }
  if (field.type === "bytes32") {
    return readHash(value, name);
  }
  if (typeof value !== "string" || !UNDERLYING.test(value)) {
    throw badValue("The underlying is not 3 to 64 characters of a-z, 0-9 and . / : _ -.", "Do not sign it; tell the desk.");
  }
  return value;
}

/** All whom a message concerns: role -> account, in the contract's order. */
export function partiesOf(message: Message): Readonly<Record<string, Address>> {
  return message.kind === "novation"
    ? { outgoing: message.outgoing, incoming: message.incoming, remaining: message.remaining }
    : { long: message.long, short: message.short };
}

/** The digest that is signed, and its two halves. */
export function digestsOf(message: Message, domain: Domain): Digests {
  const separator = domainSeparator(domain);
  const [primaryType, types] = TYPES[message.kind];
  const hash = hashStruct(primaryType, types, valuesOf(message));
  return { id: keccak("0x1901", separator, hash), domain_separator: separator, message_hash: hash };
}

/** EIP-712 domain separator of the escrow. */
export function domainSeparator(domain: Domain): Hex {
  return hashStruct("EIP712Domain", DOMAIN, domainValues(domain));
}

/** What each owner of a Safe signs so that the Safe approves `digest` by ERC-1271 (EIP-712 type SafeMessage). */
export function safeMessageHash(digest: Hex, safe: Address, chainId: number): Hex {
  const values = { chainId: BigInt(chainId), verifyingContract: safe };
  const separator = hashStruct("EIP712Domain", fields("uint256 chainId,address verifyingContract"), values);
  return keccak("0x1901", separator, hashStruct("SafeMessage", fields("bytes message"), { message: digest }));
}

/** EIP-712 `hashStruct` of a flat struct: the type's hash, then a word for each field, text and bytes hashed. */
function hashStruct(primaryType: string, of: readonly Field[], values: Readonly<Record<string, unknown>>): Hex {
  const typeHash = keccakText(`${primaryType}(${of.map(({ name, type }) => `${type} ${name}`).join(",")})`);
  const words = of.map(({ name, type }) => {
    const value = values[name];
    return type === "string" ? keccakText(value as string) : type === "bytes" ? keccak(value as Hex) : value;
  });
  const types = of.map(({ name, type }) => ({ name, type: type === "string" || type === "bytes" ? "bytes32" : type }));
  return keccak(encode([{ name: "type", type: "bytes32" }, ...types], [typeHash, ...words]));
}

/** The second parameter of `eth_signTypedData_v4`. Numbers are decimal text, which no wallet rounds. */
export function typedDataJson(message: Message, domain: Domain): string {
  const [primaryType, types] = TYPES[message.kind];
  const document = {
    types: { EIP712Domain: DOMAIN, [primaryType]: types },
    primaryType,
    domain: { ...domainValues(domain), chainId: domain.chainId },
    message: valuesOf(message),
  };
  return JSON.stringify(document, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

function valuesOf(message: Message): Record<string, unknown> {
  const [, types] = TYPES[message.kind];
  const given = message as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(types.map((field) => [field.name, given[keyOf(field)]]));
}

function domainValues(domain: Domain): Record<string, unknown> {
  return { name: "IFX Forward Escrow", version: "1", chainId: BigInt(domain.chainId), verifyingContract: domain.escrow };
}
