// The desk's contracts as the chain's functions take them, from the shell's facts.
import type { Deployment } from "./chain/contract.ts";
import type { Domain } from "./chain/typed-data.ts";
import { facts } from "./facts.ts";

/** Where escrow, token and oracle are. Blocks are of no interest to those who never look for events. */
export function deployment(): Deployment {
  const { chainId, escrow, usdt, oracle } = facts();
  return { chainId, escrow, token: usdt, oracle, block: 0 };
}

/** The EIP-712 domain that everything is approved under. */
export function domain(): Domain {
  const { chainId, escrow } = facts();
  return { chainId, escrow };
}
