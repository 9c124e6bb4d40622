// What owners of a Safe sign so that the Safe signs the desk's message. Pure.
import { type Hex, hexOf, keccak } from "../../chain/hash.ts";
import type { Address } from "../../chain/values.ts";

/** EIP-191: the digest that stands for a text, as `personal_sign` makes it. */
export function textDigest(text: string): Hex {
  const bytes = new TextEncoder().encode(text);
  const head = new TextEncoder().encode(`\u0019Ethereum Signed Message:\n${bytes.length}`);
  return keccak(hexOf(head), hexOf(bytes));
}

/** The second parameter of `eth_signTypedData_v4` by which an owner signs `digest` for a Safe (1.3.0 or newer). */
export function safeTypedData(digest: Hex, safe: Address, chainId: number): string {
  return JSON.stringify({
    types: {
      EIP712Domain: [{ name: "chainId", type: "uint256" }, { name: "verifyingContract", type: "address" }],
      SafeMessage: [{ name: "message", type: "bytes" }],
    },
    primaryType: "SafeMessage",
    domain: { chainId, verifyingContract: safe },
    message: { message: digest },
  });
}
