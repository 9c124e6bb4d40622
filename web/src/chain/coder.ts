// Contract calls as bytes, and back (the contract ABI), for the types that our contracts use: address, bool, uint256,
// bytes32, bytes, string, tuples and lists. viem's coder would be a tenth of the page; a test holds this one to it.
import { bytesOf, checksummed, type Hex, hexOf } from "./hash.ts";

/** A parameter as an ABI describes it. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly components?: readonly Parameter[];
}

const WORD = 64; // hexadecimal digits
const LIMIT = 1n << 256n;

/** Encode values in the parameters' order; a tuple's are fields of an object. Throws a `TypeError` for a value that its
 * type cannot hold. */
export function encode(parameters: readonly Parameter[], values: readonly unknown[]): Hex {
  return `0x${sequence(parameters, values)}`;
}

/** Decode as many values as there are parameters. Throws a `RangeError` for bytes that are no encoding of them. */
export function decode(parameters: readonly Parameter[], data: Hex): readonly unknown[] {
  return read(parameters, data.slice(2), 0);
}

/** Whether a value stands elsewhere, and only its place here. */
function isDynamic({ type, components = [] }: Parameter): boolean {
  return type === "string" || type === "bytes" || type.endsWith("[]") || components.some(isDynamic);
}

function sequence(parameters: readonly Parameter[], values: readonly unknown[]): string {
  if (parameters.length !== values.length) {
    throw new TypeError(`${values.length} values for ${parameters.length} parameters`);
  }
  const parts = parameters.map((each, place) => [isDynamic(each), one(each, values[place])] as const);
  let behind = parts.reduce((sum, [dynamic, text]) => sum + (dynamic ? WORD : text.length), 0) / 2;
  let [heads, tails] = ["", ""];
  for (const [dynamic, text] of parts) {
    heads += dynamic ? number(BigInt(behind)) : text;
    if (dynamic) {
      tails += text;
      behind += text.length / 2;
    }
  }
  return heads + tails;
}

function one({ name, type, components = [] }: Parameter, value: unknown): string {
  if (type.endsWith("[]")) {
    const items = value as readonly unknown[];
    return number(BigInt(items.length)) + sequence(items.map(() => ({ name, type: type.slice(0, -2), components })), items);
  }
  if (type === "tuple") {
    const fields = value as Readonly<Record<string, unknown>>;
    return sequence(components, components.map((each) => fields[each.name]));
  }
  if (type === "string") {
    return counted(hexOf(new TextEncoder().encode(value as string)).slice(2));
  }
  if (type === "bool") {
    return number(value === true ? 1n : 0n);
  }
  if (type === "uint256") {
    return number(value as bigint);
  }
  const digits = typeof value === "string" && /^0x(?:[0-9a-f]{2})*$/i.test(value) ? value.slice(2).toLowerCase() : undefined;
  if (digits !== undefined && type === "bytes") {
    return counted(digits);
  }
  if (digits?.length === (type === "address" ? 40 : type === "bytes32" ? WORD : -1)) {
    return digits!.padStart(WORD, "0");
  }
  throw new TypeError(`${name} is no ${type}`);
}

function number(value: bigint): string {
  if (typeof value !== "bigint" || value < 0n || value >= LIMIT) {
    throw new TypeError(`${String(value)} is no uint256`);
  }
  return value.toString(16).padStart(WORD, "0");
}

function counted(digits: string): string {
  return number(BigInt(digits.length / 2)) + digits.padEnd(Math.ceil(digits.length / WORD) * WORD, "0");
}

/** Values from `start` on, in hexadecimal digits; places of dynamic ones count from there. */
function read(parameters: readonly Parameter[], data: string, start: number): readonly unknown[] {
  let head = start;
  return parameters.map((each) => {
    const dynamic = isDynamic(each);
    const found = value(each, data, dynamic ? start + 2 * place(data, head) : head);
    head += dynamic ? WORD : width(each);
    return found;
  });
}

function value({ name, type, components = [] }: Parameter, data: string, at: number): unknown {
  if (type.endsWith("[]")) {
    const length = place(data, at);
    const item = { name, type: type.slice(0, -2), components };
    if (length * width(item) > data.length) {
      throw new RangeError("a list that is longer than its data");
    }
    return read(Array.from({ length }, () => item), data, at + WORD);
  }
  if (type === "tuple") {
    const found = read(components, data, at);
    return Object.fromEntries(components.map((each, index) => [each.name, found[index]]));
  }
  if (type === "string" || type === "bytes") {
    const digits = slice(data, at + WORD, 2 * place(data, at));
    return type === "bytes" ? `0x${digits}` : new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(`0x${digits}`));
  }
  const word = slice(data, at, WORD);
  if (type === "bytes32") {
    return `0x${word}`;
  }
  const found = BigInt(`0x${word}`);
  if (type === "uint256") {
    return found;
  }
  if (found >> (type === "bool" ? 1n : 160n) !== 0n) {
    throw new RangeError(`${name} is no ${type}`);
  }
  return type === "bool" ? found === 1n : checksummed(`0x${word.slice(24)}`);
}

/** Digits that a parameter takes where it stands. */
function width({ type, components = [] }: Parameter): number {
  return type === "tuple" && !components.some(isDynamic) ? components.reduce((sum, each) => sum + width(each), 0) : WORD;
}

/** A length or a place: never beyond the data, so that nothing is made of a number alone. */
function place(data: string, at: number): number {
  const found = BigInt(`0x${slice(data, at, WORD)}`);
  if (found > BigInt(data.length)) {
    throw new RangeError("a place beyond the data");
  }
  return Number(found);
}

function slice(data: string, at: number, length: number): string {
  if (at + length > data.length) {
    throw new RangeError("the data ends too early");
  }
  return data.slice(at, at + length);
}
