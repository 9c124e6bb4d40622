// Asking a wallet to sign a message, and holding what comes back against the account before anybody else sees it.
import type { Provider } from "./discovery.ts";
import { isApproved } from "./escrow.ts";
import type { Deployment } from "./contract.ts";
import { attempt, badValue, problem, problemOf, Refusal, type Result } from "./problem.ts";
import { hasCode, holdChain, type Request, withTimeLimit } from "./request.ts";
import { digestsOf, type Message, typedDataJson } from "./typed-data.ts";
import { type Address, type Hex, readAddress, readBytes } from "./values.ts";

/** By what an approval counts, in the order in which the escrow looks (docs/protocol.md, "Approvals"). */
export type ApprovedBy = "key" | "chain" | "contract";

/** An approval for the desk. */
export interface Signed {
  /** Bytes for `POST /api/agreements/{id}/approve`. */
  readonly signature: Hex;
  /** The message's id, computed here. */
  readonly digest: Hex;
  readonly by: ApprovedBy;
}

const ECRECOVER = "0x0000000000000000000000000000000000000001";
const MAGIC = "0x1626ba7e"; // ERC-1271's answer, padded to a word

/** Have the wallet sign a message on the right chain, and hold that the escrow would take it from this account. */
export async function signMessage(provider: Provider, deployment: Deployment, account: Address, message: Message): Promise<Result<Signed>> {
  return attempt(async () => {
    const { request } = provider;
    await holdChain(request, deployment.chainId); // wallets refuse another chain's domain, each in its own words
    const domain = { chainId: deployment.chainId, escrow: deployment.escrow };
    const given = await request({ method: "eth_signTypedData_v4", params: [account, typedDataJson(message, domain)] });
    const signature = normalSignature(readBytes(given, "wallet's signature"));
    const { id } = digestsOf(message, domain);
    const by = await approvedBy(request, deployment, account, id, signature);
    if (by === null) {
      throw await wrongSigner(request, account, id, signature);
    }
    return { signature, digest: id, by };
  });
}

/** By what the escrow would take `signature` as the account's approval of `digest` now; null where it would not. */
export async function approvedBy(
  request: Request,
  deployment: Deployment,
  account: Address,
  digest: Hex,
  signature: Hex,
): Promise<ApprovedBy | null> {
  const ask = withTimeLimit(request);
  if ((await recoverSigner(ask, digest, signature)) === account) {
    return "key";
  }
  if (await isApproved(ask, deployment, digest, account)) {
    return "chain";
  }
  return (await hasCode(ask, account)) && (await acceptedBy(ask, account, digest, signature)) ? "contract" : null;
}

/** Whose key made a 65-byte signature over a digest; null where it is none. The chain's own precompile recovers it: the
 * curve's arithmetic would be a quarter of a page's script. */
export async function recoverSigner(request: Request, digest: Hex, signature: Hex): Promise<Address | null> {
  if (signature.length !== 2 + 2 * 65) {
    return null;
  }
  const [r, s, v] = [signature.slice(2, 66), signature.slice(66, 130), signature.slice(130)];
  const data = `${digest}${v.padStart(64, "0")}${r}${s}`;
  const found = readBytes(await request({ method: "eth_call", params: [{ to: ECRECOVER, data }, "latest"] }), "node's answer");
  return found.length === 66 && BigInt(found) !== 0n ? readAddress(`0x${found.slice(26)}`) : null;
}

/** Whether a contract wallet accepts a signature over a digest (ERC-1271). */
export async function acceptedBy(request: Request, account: Address, digest: Hex, signature: Hex): Promise<boolean> {
  const bytes = signature.slice(2);
  const length = (bytes.length / 2).toString(16).padStart(64, "0");
  const data = `${MAGIC}${digest.slice(2)}${"40".padStart(64, "0")}${length}${bytes.padEnd(Math.ceil(bytes.length / 64) * 64, "0")}`;
  try {
    const found = await request({ method: "eth_call", params: [{ to: account, data }, "latest"] });
    return found === MAGIC.padEnd(66, "0");
  } catch (error) {
    // A wallet that refuses may revert instead of answering.
    if (problemOf(error).kind === "reverted") {
      return false;
    }
    throw error;
  }
}

/** A signature as contracts take it: a key's `v` is 27 or 28, which some wallets write as 0 or 1. */
export function normalSignature(signature: Hex): Hex {
  if (signature === "0x") {
    throw badValue("The wallet returned an empty signature.", "Try again, or approve on the chain instead.");
  }
  const v = signature.length === 132 ? Number.parseInt(signature.slice(130), 16) : 27;
  return v < 2 ? `${signature.slice(0, 130) as Hex}${(v + 27).toString(16)}` : signature;
}

async function wrongSigner(request: Request, account: Address, digest: Hex, signature: Hex): Promise<Refusal> {
  const found = await recoverSigner(withTimeLimit(request), digest, signature);
  const by = found === null ? "is by no key" : `is by ${found}`;
  const what = `The signature ${by}, not by ${account}; it was not passed on.`;
  return new Refusal(problem("wrong account", { what, cure: "Choose that account in the wallet and sign again. A Safe signs by its own file." }));
}
