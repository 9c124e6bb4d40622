// Where a forward is in its life, what its mean is made of, and the ledger's lines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readLedger } from "../src/pages/funds/ledger.ts";
import { averagedDays, marks, meanSoFar, phaseOf, type Posted, priceFor, spotDay } from "../src/pages/position/life.ts";
import { figuresOf, ladder, type Position, totals } from "../src/pages/positions/part.ts";
import { DAY, dayStart } from "../src/time.ts";

const MATURITY = dayStart("2026-10-15");
const posted = (date: string, price: string, block = 1): Posted => ({ date, price, signers: 3, block_number: block, tx_hash: "0x", final: true });
const position = (more: Partial<Position> = {}): Position => ({
  id: "0x", side: "long", status: "active", entered: null, left: null, long: "0x", short: "0x", underlying: "openai/gpt-4.1",
  quantity: 100_000, price: "7.70", spot: "8.00", indicative: "7.71", averaging_days: 1, maturity: MATURITY, maturity_utc: "",
  prefunding: "800000.00", tx_hash: "0x", block: 5, is_final: true, mark: null, end: null, ...more,
});

test("a matured forward waits for its fixing, then is due at it", () => {
  const before = [posted("2026-10-14", "8.00")];
  assert.deepEqual(phaseOf(position(), before, MATURITY - 1), { name: "running" });
  assert.deepEqual(phaseOf(position(), before, MATURITY + 60), { name: "waiting", today: true });
  const found = phaseOf(position(), [...before, posted("2026-10-15", "7.20")], MATURITY + 600);
  assert.equal(found.name === "due" && found.price, 7_200_000n);
});

test("a day without a fixing takes the next two days', else the newest earlier one when three days are over", () => {
  const before = [posted("2026-10-13", "8.00")];
  assert.deepEqual(phaseOf(position(), before, MATURITY + DAY), { name: "waiting", today: false });
  const later = phaseOf(position(), [...before, posted("2026-10-17", "9.00")], MATURITY + 2 * DAY + 600);
  assert.equal(later.name === "due" && later.price, 9_000_000n);
  assert.equal(phaseOf(position(), before, MATURITY + 3 * DAY - 1).name, "waiting");
  const earlier = phaseOf(position(), before, MATURITY + 3 * DAY);
  assert.equal(earlier.name === "due" && earlier.price, 8_000_000n);
});

test("who handed it on, and what was paid out, has no price to wait for", () => {
  assert.equal(phaseOf(position({ left: "0x1" }), [], MATURITY + DAY).name, "left");
  assert.equal(phaseOf(position({ status: "settled" }), [], MATURITY + DAY).name, "settled");
});

test("a mean is rounded down, over the days that are known", () => {
  const of = position({ averaging_days: 3 });
  const fixings = [posted("2026-10-13", "8.000001"), posted("2026-10-14", "8.00"), posted("2026-10-15", "7.00")];
  assert.deepEqual(meanSoFar(averagedDays(of, fixings.slice(0, 2), MATURITY - 60)), { price: 8_000_000n, known: 2 });
  assert.deepEqual(meanSoFar(averagedDays(of, fixings, MATURITY + 60)), { price: 7_666_667n, known: 3 });
});

test("marks begin with the fixing that it was booked on", () => {
  const fixings = [posted("2026-07-14", "9.00", 1), posted("2026-07-15", "8.00", 5), posted("2026-07-16", "7.50", 9)];
  const from = spotDay(5, fixings)!;
  assert.equal(from, dayStart("2026-07-15"));
  assert.deepEqual(marks("long", figuresOf(position()), fixings, from, MATURITY).map((each) => each.gain), [30_000_000_000n, -20_000_000_000n]);
});

test("a payment gives the end price that pays it, and none beyond the prefunding", () => {
  const figures = figuresOf(position());
  assert.equal(priceFor("long", figures, -20_000_000_000n), 7_500_000n);
  assert.equal(priceFor("short", figures, 20_000_000_000n), 7_500_000n);
  assert.equal(priceFor("long", figures, 800_000_000_001n), undefined);
  assert.equal(priceFor("long", figures, -770_000_050_001n), undefined);
});

test("sums count what is open, a ladder what ends when", () => {
  const mark = { day: "2026-07-16", price: "7.50", payout: "780000.00", gain: "-20000.00" };
  const all = [position({ mark }), position({ status: "settled" }), position({ side: "short", maturity: MATURITY + DAY })];
  assert.deepEqual(totals(all), { locked: 1_600_000_000_000n, worth: 780_000_000_000n, gain: -20_000_000_000n, marked: 1 });
  assert.deepEqual(ladder(all).map(({ maturity, long, short }) => [maturity, long, short]), [[MATURITY, 100_000n, 0n], [MATURITY + DAY, 0n, 100_000n]]);
});

test("a ledger's quoted cells are one cell each; a line without an amount is left out", () => {
  const text = 'entry,date,time,event,debit,credit,amount,forward,transaction,memo\r\nA,2026-07-15,00:01:00Z,booking,escrow-locked,wallet,800000.000000,0x1,0x2,"a, ""b"""\r\nB,2026-07-15,00:01:00Z,fee,fees,wallet,,0x1,0x2,\r\n';
  assert.deepEqual(readLedger(text), [{
    entry: "A", at: dayStart("2026-07-15") + 60, event: "booking", debit: "escrow-locked", credit: "wallet",
    amount: 800_000_000_000n, forward: "0x1", transaction: "0x2",
  }]);
});
