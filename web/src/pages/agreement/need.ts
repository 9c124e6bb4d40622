// What executing an agreement collects from the one who is signed in.
import type { Message } from "../../chain/typed-data.ts";
import { needed } from "../../chain/payoff.ts";
import type { Agreement } from "./words.ts";

/** micro-USDT; 0n where nothing is collected. */
export function needOf(of: Pick<Agreement, "role">, message: Message): bigint {
  if (message.kind === "terms") return needed(of.role === "long" ? "long" : "short", message);
  return message.kind === "novation" && of.role === "incoming" ? message.payment : 0n;
}
