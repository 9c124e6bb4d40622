// A chain of a few answers, for tests of what the page makes of them: no network, and every case on demand.
import type { Request } from "../src/chain/request.ts";
import { type Address, type Hex, quantity } from "../src/chain/values.ts";

export const LONG: Address = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
export const ESCROW: Address = "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0";

type Answer = (params: readonly unknown[]) => unknown;

/** A node and a wallet in one; `answers` replace or add methods, `asked` says what was called. */
export class FakeNode {
  readonly asked: string[] = [];
  chainId = 31337;
  block = 10;
  /** Mined transactions of the account. */
  nonce = 5;
  /** Hash -> receipt, and hash -> transaction. */
  readonly receipts = new Map<string, Record<string, unknown>>();
  readonly pool = new Map<string, Record<string, unknown>>();
  readonly blocks = new Map<number, Record<string, unknown>[]>();
  answers: Record<string, Answer>;

  constructor(answers: Record<string, Answer> = {}) {
    this.answers = answers;
  }

  readonly request: Request = async ({ method, params = [] }) => {
    this.asked.push(method);
    const answer = this.answers[method] ?? this.#usual[method];
    if (answer === undefined) {
      throw { code: -32601, message: `the method ${method} does not exist` };
    }
    return answer(params);
  };

  /** How often a method was called. */
  times(method: string): number {
    return this.asked.filter((each) => each === method).length;
  }

  /** A transaction as nodes show it. */
  transaction(hash: Hex, more: Record<string, unknown> = {}): Record<string, unknown> {
    return { hash, from: LONG.toLowerCase(), to: ESCROW.toLowerCase(), input: "0x1234", nonce: quantity(this.nonce), ...more };
  }

  /** Mine a transaction in the next block. */
  mine(transaction: Record<string, unknown>, status: "0x0" | "0x1" = "0x1"): void {
    this.block += 1;
    this.nonce += 1;
    this.pool.delete(String(transaction["hash"]));
    this.blocks.set(this.block, [transaction]);
    this.receipts.set(String(transaction["hash"]), { blockNumber: quantity(this.block), status });
  }

  readonly #usual: Record<string, Answer> = {
    eth_chainId: () => quantity(this.chainId),
    eth_blockNumber: () => quantity(this.block),
    eth_getTransactionCount: ([, at]) => quantity(this.nonce + (at === "pending" ? this.pool.size : 0)),
    eth_call: () => "0x",
    eth_estimateGas: () => "0x5208",
    eth_gasPrice: () => "0x1",
    eth_getBalance: () => "0xde0b6b3a7640000",
    eth_getCode: () => "0x",
    eth_getTransactionReceipt: ([hash]) => this.receipts.get(String(hash)) ?? null,
    eth_getTransactionByHash: ([hash]) => this.pool.get(String(hash)) ?? null,
    eth_getBlockByNumber: ([tag]) =>
      tag === "finalized" ? { number: quantity(this.block - 2) } : { transactions: this.blocks.get(Number(tag)) ?? [] },
  };
}
