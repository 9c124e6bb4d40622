// How much the escrow may collect from a wallet, in words where it is no number that anybody reads.
import { Amount } from "../../parts/show.tsx";

const UNLIMITED = 1n << 255n; // nobody counts down from 2^256 - 1 to here

/** `of` micro-USDT. */
export function Allowance(props: { of: bigint }) {
  return props.of >= UNLIMITED ? <>any amount</> : <Amount of={props.of} />;
}
