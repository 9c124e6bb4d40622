// Calls of contracts: encoded for a wallet, a Safe's file or a node, and their answers read back.
import type { Abi, ContractFunctionArgs, ContractFunctionName, ContractFunctionReturnType } from "viem";
import { decodeFunctionResult, encodeFunctionData } from "viem/utils";
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

type View = "pure" | "view";
type Write = "nonpayable" | "payable";

/** Encode a call that changes something. */
export function call<const A extends Abi, N extends ContractFunctionName<A, Write>>(
  abi: A,
  to: Address,
  functionName: N,
  args: ContractFunctionArgs<A, Write, N>,
): Call {
  return { to, data: encode(abi, functionName, args) };
}

/** Ask a view. Throws what the node or wallet throws, and a `Refusal` for an answer of another shape. */
export async function read<const A extends Abi, N extends ContractFunctionName<A, View>>(
  request: Request,
  abi: A,
  to: Address,
  functionName: N,
  args: ContractFunctionArgs<A, View, N>,
  at: number | "latest" = "latest",
): Promise<ContractFunctionReturnType<A, View, N>> {
  const params = [{ to, data: encode(abi, functionName, args) }, blockTag(at)];
  const data = readBytes(await request({ method: "eth_call", params }), "node's answer");
  try {
    return decodeFunctionResult({ abi: abi as Abi, functionName: functionName as string, data }) as ContractFunctionReturnType<A, View, N>;
  } catch {
    throw badValue(`${to} does not answer as its contract does on this chain.`, "Check the chain and the addresses of the deployment.");
  }
}

function encode(abi: Abi, functionName: string, args: unknown): Hex {
  return encodeFunctionData({ abi, functionName, args: args as readonly unknown[] });
}
