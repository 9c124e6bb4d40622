// What the owners of a Safe need: a file for Safe's Transaction Builder, the same bytes as the command line writes
// (ifx_sdk/safe_batch.py), and their signatures joined as a Safe wants them.
import type { Call, Deployment } from "./contract.ts";
import { approveCall } from "./escrow.ts";
import { hexOf, keccak, keccakText } from "./hash.ts";
import { badValue, problem, Refusal } from "./problem.ts";
import type { Request } from "./request.ts";
import { normalSignature, recoverSigner } from "./signing.ts";
import type { Message } from "./typed-data.ts";
import { type Address, type Hex, readBytes } from "./values.ts";

/** The Transaction Builder whose format this is. */
const BUILDER_VERSION = "1.18.2";

/** What a batch is for. */
export interface BatchLabel {
  readonly chainId: number;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly name: string;
  readonly description: string;
}

/** The text of a Transaction Builder file with these calls, in their order. */
export function batchFile(calls: readonly Call[], { chainId, createdAt, name, description }: BatchLabel): string {
  const meta = { name, description, txBuilderVersion: BUILDER_VERSION, createdFromSafeAddress: "", createdFromOwnerAddress: "" };
  const document = {
    version: "1.0",
    chainId: String(chainId),
    createdAt: createdAt * 1000,
    meta,
    transactions: calls.map(({ to, data }) => ({ to, value: "0", data, contractMethod: null, contractInputsValues: null })),
  };
  const checksum = keccakText(serialized({ ...document, meta: { ...meta, name: null } }));
  const text = JSON.stringify({ ...document, meta: { ...meta, checksum } }, null, 2);
  // Everything but ASCII is escaped, as Python writes it: the command line's file has the same bytes.
  return `${text.replace(/[\u007f-\uffff]/g, escaped)}\n`;
}

/** The file by which a Safe approves an agreement on chain; `id` is the desk's, `deadline_utc` as it writes it. */
export function approvalFile(
  deployment: Deployment,
  message: Message,
  { id, digest, deadline_utc, now }: { readonly id: string; readonly digest: Hex; readonly deadline_utc: string; readonly now: number },
): string {
  const description = `Approves ${message.kind} ${digest} until ${deadline_utc}. Moves no money by itself.`;
  const label = { chainId: deployment.chainId, createdAt: now, name: `Approve ${id}`, description };
  return batchFile([approveCall(deployment, message)], label);
}

/** Owners' signatures over the SafeMessage hash, pasted in any order with anything between them, or already joined. The
 * chain recovers whose they are; the result is sorted by owner, each once. Throws a `Refusal`. */
export async function joinOwners(request: Request, safeMessageHash: Hex, text: string): Promise<{ readonly signature: Hex; readonly owners: readonly Address[] }> {
  const parts = (text.match(/[^\s,;"'[\]]+/g) ?? []).map((each) => readBytes(each, "owner's signature"));
  const single = parts.flatMap(split);
  const found = new Map<Address, Hex>();
  for (const part of single) {
    const signature = normalSignature(part);
    const owner = await recoverOwner(request, safeMessageHash, signature);
    if (owner === null) {
      const cure = `Each owner signs the Safe's message hash ${safeMessageHash}.`;
      throw new Refusal(problem("wrong account", { what: "One of the signatures is by no key.", cure }));
    }
    found.set(owner, signature);
  }
  if (found.size === 0) {
    throw badValue("There is no signature in it.", "Paste what each owner's wallet returned: 0x and 130 hexadecimal digits.");
  }
  const owners = [...found.keys()].sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1));
  return { signature: `0x${owners.map((owner) => found.get(owner)!.slice(2)).join("")}`, owners };
}

/** An owner's signature of the hash itself (v 27, 28) or of it as a text (`eth_sign`, marked by v + 4). */
async function recoverOwner(request: Request, hash: Hex, signature: Hex): Promise<Address | null> {
  const v = Number.parseInt(signature.slice(130), 16);
  if (v < 31) {
    return recoverSigner(request, hash, signature);
  }
  const text = keccak(hexOf(new TextEncoder().encode("\u0019Ethereum Signed Message:\n32")), hash);
  return recoverSigner(request, text, `${signature.slice(0, 130) as Hex}${(v - 4).toString(16)}`);
}

function split(bytes: Hex): readonly Hex[] {
  const pieces = bytes.slice(2).match(/.{130}/g) ?? [];
  if (pieces.length * 130 !== bytes.length - 2 || pieces.length === 0) {
    throw badValue(`A signature has 65 bytes; this has ${(bytes.length - 2) / 2}.`, "Paste what each owner's wallet returned: 0x and 130 hexadecimal digits.");
  }
  return pieces.map((each): Hex => `0x${each}`);
}

/** The builder writes an object as its sorted keys, then each value with a comma after it, the last one too. */
function serialized(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(serialized).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value).sort();
    return `{${JSON.stringify(keys)}${keys.map((key) => `${serialized((value as Record<string, unknown>)[key])},`).join("")}}`;
  }
  return JSON.stringify(value);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
