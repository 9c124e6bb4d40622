// Bytes in hexadecimal, and their keccak-256.
import { keccak_256 } from "@noble/hashes/sha3";

export type Hex = `0x${string}`;

/** Bytes as 0x and two digits each. */
export function hexOf(bytes: Iterable<number>): Hex {
  return `0x${Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("")}`;
}

/** The bytes of 0x and an even number of digits. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.slice(2).match(/../g) ?? [], (each) => Number.parseInt(each, 16));
}

/** keccak-256 of bytes in hexadecimal, all of them one behind the other. */
export function keccak(...parts: readonly Hex[]): Hex {
  return hexOf(keccak_256(bytesOf(joined(...parts))));
}

/** keccak-256 of a text's UTF-8. */
export function keccakText(text: string): Hex {
  return hexOf(keccak_256(new TextEncoder().encode(text)));
}

/** One behind the other. */
export function joined(...parts: readonly Hex[]): Hex {
  return `0x${parts.map((each) => each.slice(2)).join("")}`;
}

/** An address with its checksum (ERC-55): a letter is upper case where the hash of all has 8 or more at its place. */
export function checksummed(address: Hex): Hex {
  const digits = address.slice(2).toLowerCase();
  const hash = keccakText(digits).slice(2);
  return `0x${Array.from(digits, (each, place) => (Number.parseInt(hash.charAt(place), 16) < 8 ? each : each.toUpperCase())).join("")}`;
}
