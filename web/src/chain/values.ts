// Reading what comes from outside: addresses, hashes and whole numbers, or a refusal that says what was wrong.
import { checksummed, type Hex } from "./hash.ts";
import { badValue } from "./problem.ts";

export type { Hex };
/** Checksummed. */
export type Address = Hex;

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const HASH = /^0x[0-9a-fA-F]{64}$/;
const BYTES = /^0x(?:[0-9a-fA-F]{2})*$/;
const UINT = /^(?:0|[1-9][0-9]{0,77})$/;
const UINT256 = 1n << 256n;

/** An account, checksummed; refused where mixed case has another checksum. */
export function readAddress(value: unknown, name = "address"): Address {
  if (typeof value !== "string" || !ADDRESS.test(value)) {
    throw badValue(`The ${name} is not 0x and 40 hexadecimal digits.`, "Copy the whole address once more.");
  }
  const found = checksummed(value as Hex);
  const digits = value.slice(2);
  if (value !== found && digits !== digits.toLowerCase() && digits !== digits.toUpperCase()) {
    throw badValue(`The checksum of the ${name} does not hold: a character may be wrong.`, "Copy the whole address once more.");
  }
  return found;
}

/** 32 bytes, in lower case. */
export function readHash(value: unknown, name = "hash"): Hex {
  if (typeof value !== "string" || !HASH.test(value)) {
    throw badValue(`The ${name} is not 0x and 64 hexadecimal digits.`, "Copy it once more, whole.");
  }
  return value.toLowerCase() as Hex;
}

/** Any whole bytes, in lower case. */
export function readBytes(value: unknown, name = "value"): Hex {
  if (typeof value !== "string" || !BYTES.test(value)) {
    throw badValue(`The ${name} is not 0x and whole bytes in hexadecimal.`, "Copy it once more, whole.");
  }
  return value.toLowerCase() as Hex;
}

/** A uint256: a bigint, decimal text, or a number as JSON has it, as long as JSON has not rounded it. */
export function readUint(value: unknown, name = "number"): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw badValue(`The ${name} is no whole number below 2^53: a browser would round it.`, "Use the command line for it.");
  }
  const isUint = typeof value === "bigint" || (typeof value === "number" && value >= 0) || (typeof value === "string" && UINT.test(value));
  const found = isUint ? BigInt(value) : -1n;
  if (found < 0n || found >= UINT256) {
    throw badValue(`The ${name} is not a whole number from 0 to 2^256 - 1.`, "Ask the desk for the message once more.");
  }
  return found;
}

/** A number as nodes write it, such as `0x1a`. */
export function readQuantity(value: unknown, name = "number"): bigint {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) {
    throw badValue(`The node's ${name} is not a number.`, "Use another node.");
  }
  return BigInt(value);
}

/** A number as nodes read it. */
export function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}

/** An object, to read fields of. */
export function readObject(value: unknown, name = "answer"): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badValue(`The ${name} is not an object.`, "Try again; if it stays, use another node or tell the desk.");
  }
  return value as Readonly<Record<string, unknown>>;
}
