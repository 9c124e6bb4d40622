// The golden vectors that contracts and SDK are held to, in the page's arithmetic.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bestCase, breakEven, corners, fee, feeOf, needed, payoff, payout, prefunding, type PricedFigures, worstCase } from "../src/chain/payoff.ts";

interface Vector {
  readonly id: string;
  readonly inputs: Readonly<Record<"s0" | "f" | "f_ind_published" | "n_mtok" | "f_ref", number>>;
  readonly expected: Readonly<Record<string, number | string>>;
}

const { forwards } = JSON.parse(readFileSync(join(process.env["PAGE_ROOT"]!, "../tests/agreement/vectors.json"), "utf8")) as { forwards: Vector[] };
const GPT: PricedFigures = { quantity: 1_000_000n, price: 7_450_000n, spot: 8_000_000n, indicative: 7_450_000n };

function figuresOf({ inputs }: Vector): PricedFigures {
  const [quantity, price, spot, indicative] = [inputs.n_mtok, inputs.f, inputs.s0, inputs.f_ind_published].map(BigInt) as [bigint, bigint, bigint, bigint];
  return { quantity, price, spot, indicative };
}

test("every golden forward comes out to the micro-USDT", () => {
  assert.ok(forwards.length >= 10);
  for (const vector of forwards) {
    const figures = figuresOf(vector);
    const at = BigInt(vector.inputs.f_ref);
    const found = {
      prefund_per_side: prefunding(figures),
      fee_total: fee(figures),
      fee_long: feeOf("long", figures),
      fee_short: feeOf("short", figures),
      deposit_long: needed("long", figures),
      deposit_short: needed("short", figures),
      payoff_long: payoff("long", figures, at),
      payout_long: payout("long", figures, at),
      payout_short: payout("short", figures, at),
    };
    for (const [name, value] of Object.entries(found)) {
      assert.equal(value, BigInt(vector.expected[name]!), `${vector.id} ${name}`);
    }
  }
});

test("the paper's example: worst and best case of each side", () => {
  assert.equal(worstCase("long", GPT), 7_487_250_000_000n);
  assert.equal(worstCase("short", GPT), 8_037_250_000_000n);
  assert.equal(bestCase("long", GPT), 7_962_750_000_000n);
  assert.equal(bestCase("short", GPT), 7_412_750_000_000n);
});

test("at its break-even a side gets its fee back, one micro further it has won", () => {
  for (const [side, further, expected] of [["long", 1n, 7_487_250n], ["short", -1n, 7_412_750n]] as const) {
    const found = breakEven(side, GPT)!;
    assert.deepEqual(found, { settlement: expected, net: 0n });
    assert.ok(payoff(side, GPT, found.settlement + further) - feeOf(side, GPT) > 0n);
  }
  const odd = { ...GPT, quantity: 7n, price: 3n, spot: 5n, indicative: 5n };
  assert.deepEqual(breakEven("long", odd), { settlement: 3n, net: 0n });
  const uneven = { quantity: 1_000n, price: 500n, spot: 900n, indicative: 899n };
  const found = breakEven("short", uneven)!;
  assert.ok(found.net < 0n && payoff("short", uneven, found.settlement - 1n) > feeOf("short", uneven));
});

test("no price pays the fee of a short whose best case is below it", () => {
  assert.equal(breakEven("short", { quantity: 100n, price: 1n, spot: 1_000n, indicative: 1_000n }), null);
});

test("the corners of a payoff are joined by straight lines", () => {
  const points = corners("long", GPT, 20_000_000n);
  assert.deepEqual(points.map((each) => each.settlement), [0n, 7_450_000n, 15_450_000n, 20_000_000n]);
  assert.deepEqual(points.map((each) => each.payoff), [-7_450_000_000_000n, 0n, 8_000_000_000_000n, 8_000_000_000_000n]);
  const above = { ...GPT, price: 12_000_000n };
  assert.deepEqual(corners("short", above, 20_000_000n).map((each) => [each.settlement, each.payoff]), [
    [0n, 8_000_000_000_000n],
    [4_000_000n, 8_000_000_000_000n],
    [12_000_000n, 0n],
    [20_000_000n, -8_000_000_000_000n],
  ]);
});
