// Calls of contracts: encoded for a wallet, a Safe's file or a node, and their answers and events read back. What a call
// looks like comes from `abi.ts`.
import type { AbiParameter, AbiParameterToPrimitiveType } from "viem";
import { decode as decoded, encode as encoded, type Parameter } from "./coder.ts";
import { joined } from "./hash.ts";
import { badValue } from "./problem.ts";
import { blockTag, type Request } from "./request.ts";
import { type Address, type Hex, readBytes } from "./values.ts";

/** A call that may be sent, by a wallet or in a Safe's batch. It carries no coin. */
export interface Call {
  readonly to: Address;
  readonly data: Hex;
}

/** Where a deployment's contracts are: `deployment` of the desk's `GET /api/market`, or a deployment file. */
export interface Deployment {
  readonly chainId: number;
  readonly escrow: Address;
  readonly token: Address;
  readonly oracle: Address;
  /** No event of theirs is older. */
  readonly block: number;
}

type Parameters = readonly AbiParameter[];
type Values<P extends Parameters> = { readonly [K in keyof P]: AbiParameterToPrimitiveType<P[K]> };
type Answer<P extends Parameters> = P extends readonly [infer One extends AbiParameter] ? AbiParameterToPrimitiveType<One> : Values<P>;

/** A function as `abi.ts` has it. */
interface Entry<I extends Parameters, O extends Parameters> {
  readonly selector: Hex;
  readonly inputs: I;
  readonly outputs: O;
}

/** An event as `abi.ts` has it. */
interface EventEntry<I extends Parameters, D extends Parameters> {
  readonly topic: Hex;
  readonly indexed: I;
  readonly data: D;
}

/** Encode a call that changes something. */
export function call<const I extends Parameters>(entry: Entry<I, Parameters>, to: Address, args: Values<I>): Call {
  return { to, data: encode(entry, args) };
}

/** Ask a view. Throws what the node or wallet throws, and a `Refusal` for an answer of another shape. */
export async function read<const I extends Parameters, const O extends Parameters>(
  request: Request,
  entry: Entry<I, O>,
  to: Address,
  args: Values<I>,
  at: number | "latest" = "latest",
): Promise<Answer<O>> {
  const data = readBytes(await request({ method: "eth_call", params: [{ to, data: encode(entry, args) }, blockTag(at)] }), "node's answer");
  const found = decode(entry.outputs, data, to);
  return (found.length === 1 ? found[0] : found) as Answer<O>;
}

/** The arguments of an event: indexed ones, then the others, each in the order of its declaration. */
export function eventArgs<const I extends Parameters, const D extends Parameters>(
  entry: EventEntry<I, D>,
  log: { readonly topics: readonly Hex[]; readonly data: Hex },
  from: Address,
): readonly [indexed: Values<I>, data: Values<D>] {
  return [decode(entry.indexed, joined(...log.topics.slice(1)), from) as Values<I>, decode(entry.data, log.data, from) as Values<D>];
}

function encode({ selector, inputs }: Entry<Parameters, Parameters>, args: readonly unknown[]): Hex {
  return joined(selector, encoded(inputs as readonly Parameter[], args));
}

function decode(parameters: Parameters, data: Hex, from: Address): readonly unknown[] {
  try {
    return decoded(parameters as readonly Parameter[], data);
  } catch {
    throw badValue(`${from} does not answer as its contract does on this chain.`, "Check the chain and the addresses of the deployment.");
  }
}
