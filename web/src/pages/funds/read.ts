// What an account has, as the desk reads it from the chain.
import { type Loaded, useGet } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";

export type Funds = Schema<"FundsOut">;

/** Free, locked, in the wallet; looked at again every few seconds. */
export function useFunds(): Loaded<Funds> {
  return useGet("/api/funds", { every: 15 });
}

/** Answered, one way or the other: pages show everything at once, so that nothing moves under the reader's eyes. */
export function isKnown(of: Loaded<unknown>): boolean {
  return of.data !== undefined || of.problem !== undefined;
}
