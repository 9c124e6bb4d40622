// Money: decimal text at the edge, micro-USDT as bigint inside, no JavaScript number in between. 1 USD = 1 USDT.
// A price is micro-USDT per 1,000,000 output tokens (Mtok), a quantity whole Mtok; price times quantity is exact.

/** micro-USDT in one USDT. */
export const MICRO = 1_000_000n;
const DECIMAL = /^(-?)(\d{1,72})(?:\.(\d{1,6}))?$/;

/** A text that is no amount. */
export class BadMoney extends Error {
  override name = "BadMoney";
}

/** Decimal text of the desk's -> micro-USDT. Throws `BadMoney`: the desk never sends anything else. */
export function parseMoney(text: string): bigint {
  const found = DECIMAL.exec(text);
  if (!found) throw new BadMoney(`${JSON.stringify(text)} is no decimal amount`);
  const micro = BigInt(found[2]!) * MICRO + BigInt((found[3] ?? "").padEnd(6, "0"));
  return found[1] ? -micro : micro;
}

/** What a person typed -> micro-USDT, or undefined. Commas and spaces may stand between groups of three digits. */
export function readMoney(typed: string): bigint | undefined {
  const text = typed.trim().replace(/^\$\s*/, "");
  const grouped = /^\d{1,3}([, \u00a0\u202f]\d{3})+(\.\d*)?$/.test(text);
  const plain = grouped ? text.replace(/[, \u00a0\u202f]/g, "") : text;
  const found = /^(\d{1,15})?(?:\.(\d{0,6}))?$/.exec(plain);
  if (!found || (found[1] === undefined && !found[2])) return undefined;
  return BigInt(found[1] ?? "0") * MICRO + BigInt((found[2] ?? "").padEnd(6, "0"));
}

/** micro-USDT -> the decimal text that the desk takes, at least two decimals: 7_450_000n -> "7.45". */
export function moneyText(micro: bigint): string {
  const size = micro < 0n ? -micro : micro;
  const decimals = (size % MICRO).toString().padStart(6, "0").replace(/0{1,4}$/, "");
  return `${micro < 0n ? "-" : ""}${size / MICRO}.${decimals}`;
}

/** For reading: groups of three, a real minus, at least two decimals and every one that is not zero. */
export function showMoney(micro: bigint, options: { signed?: boolean } = {}): string {
  const [whole, decimals] = moneyText(micro < 0n ? -micro : micro).split(".");
  const sign = micro < 0n ? "\u2212" : options.signed && micro > 0n ? "+" : "";
  return `${sign}${grouped(whole!)}.${decimals}`;
}

/** Mtok -> tokens as people say them: 1_000_000 -> "1T", 250_000 -> "250B", 1 -> "1M". Exact, never rounded. */
export function showTokens(mtok: number | bigint): string {
  const found = BigInt(mtok);
  if (found === 0n) return "0";
  for (const [size, unit] of [[MICRO, "T"], [1_000n, "B"]] as const) {
    if (found >= size && (found * 1_000n) % size === 0n) {
      const parts = (found * 1_000n) / size;
      const rest = (parts % 1_000n).toString().padStart(3, "0").replace(/0+$/, "");
      return `${grouped(String(parts / 1_000n))}${rest && `.${rest}`}${unit}`;
    }
  }
  return `${grouped(String(found))}M`;
}

/** What a person typed for a quantity -> Mtok: "100B", "1.5T", "100,000" (Mtok); undefined where it is none. */
export function readTokens(typed: string): number | undefined {
  const found = /^([\d.,\s]+?)\s*([MBT])?(?:tok)?$/i.exec(typed.trim());
  const amount = found ? readMoney(found[1]!) : undefined;
  if (!found || amount === undefined) return undefined;
  const unit = { M: 1n, B: 1_000n, T: MICRO }[(found[2] ?? "M").toUpperCase()]!;
  const micro = amount * unit;
  const whole = micro / MICRO;
  return micro % MICRO === 0n && whole > 0n && whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : undefined;
}

/** Price times quantity: micro-USDT, exact. */
export function value(price: bigint, mtok: number | bigint): bigint {
  return price * BigInt(mtok);
}

/** A length on paper: the only place where money becomes a number, and nothing is computed from it. */
export function forDrawing(micro: bigint): number {
  return Number(micro) / 1e6;
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}
