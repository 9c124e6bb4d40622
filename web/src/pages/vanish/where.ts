// Where the contracts are: from a deployment file (TOML, `deployments/<network>.toml`), or typed. And what somebody who
// looks from this browser wrote down last.
import type { Deployment } from "../../chain/contract.ts";
import { remember, remembered } from "../../chain/keep.ts";
import { badValue } from "../../chain/problem.ts";
import { type Address, readAddress, readObject, readUint } from "../../chain/values.ts";

/** A deployment with its name. */
export interface Place extends Deployment {
  /** For people, such as `mainnet`. */
  readonly network: string;
  /** Who owns escrow and oracle; null where it is not known. Only the command line's file names it. */
  readonly timelock: Address | null;
}

const CURE = "Take the file deployments/<network>.toml that came with your confirmation or the project's releases.";

/** What a deployment file says. Throws a `Refusal`. Only its first part is read: `name = value` before any table. */
export function readFile(text: string): Place {
  const head = text.split(/^\s*\[/m)[0]!;
  const values = new Map<string, string>();
  for (const line of head.split("\n")) {
    const found = /^\s*(\w+)\s*=\s*(?:"([^"\\]*)"|(\d+))\s*(?:#.*)?$/.exec(line);
    if (found) values.set(found[1]!, found[2] ?? found[3]!);
  }
  return readPlace(Object.fromEntries(values));
}

/** A place from its parts, named as the file names them. Throws a `Refusal`. */
export function readPlace(value: unknown): Place {
  const found = readObject(value, "deployment");
  const missing = ["chain_id", "escrow", "token", "oracle"].find((name) => !found[name]);
  if (missing !== undefined) throw badValue(`The deployment has no ${missing}.`, CURE);
  const chainId = readUint(found["chain_id"], "chain id");
  const block = readUint(found["block"] || "0", "first block");
  if (chainId > BigInt(Number.MAX_SAFE_INTEGER) || block > BigInt(Number.MAX_SAFE_INTEGER)) throw badValue("The chain id or the block is too large.", CURE);
  const address = (name: string): Address => readAddress(found[name], name);
  const network = typeof found["network"] === "string" && found["network"] !== "" ? found["network"].slice(0, 40) : `chain ${chainId}`;
  const timelock = found["timelock"] ? address("timelock") : null;
  return { network, timelock, chainId: Number(chainId), escrow: address("escrow"), token: address("token"), oracle: address("oracle"), block: Number(block) };
}

/** What was written down in this browser under a name; empty text where nothing was. */
export function written(name: "endpoint" | "account" | "way"): string {
  const found = remembered(`vanish.${name}`);
  return typeof found === "string" ? found : "";
}

/** Write it down, for after a reload. */
export function writeDown(name: "endpoint" | "account" | "way", text: string): void {
  remember(`vanish.${name}`, text);
}
