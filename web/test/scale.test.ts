import assert from "node:assert/strict";
import { test } from "node:test";
import { axisName, bandPath, dayTicks, linear, linePath, niceTicks, thinned } from "../src/parts/scale.ts";

const DAY = 86_400;

test("ticks are round, and cover what is drawn", () => {
  assert.deepEqual(niceTicks(5.46, 8, 5), [5, 6, 7, 8]);
  assert.deepEqual(niceTicks(0, 0.25, 5), [0, 0.05, 0.1, 0.15, 0.2, 0.25]);
  assert.deepEqual(niceTicks(-3_130_000, 550_000, 4), [-4_000_000, -3_000_000, -2_000_000, -1_000_000, 0, 1_000_000]);
  for (const flat of [8, 0, 0.6]) {
    const ticks = niceTicks(flat, flat, 5);
    assert.ok(ticks[0]! < flat && flat < ticks.at(-1)! && ticks.length < 12, String(flat));
  }
});

test("a scale without width draws in the middle", () => {
  assert.equal(linear([0, 10], [0, 100])(5), 50);
  assert.equal(linear([3, 3], [0, 100])(3), 50);
});

test("a step keeps its value until the next point", () => {
  assert.equal(linePath([[0, 1], [5, 2]], true), "M0 1H5V2");
  assert.equal(linePath([[0, 1], [5, 2]], false), "M0 1L5 2");
});

test("a band goes there along its top and back along its foot", () => {
  assert.equal(bandPath([[0, 4, 1], [5, 6, 2]]), "M0 1L5 2L5 6L0 4Z");
  assert.equal(bandPath([]), "");
});

test("dates are days while they fit, then Mondays, then firsts of months", () => {
  const from = 1_784_073_600; // Wednesday, 15 July 2026
  assert.equal(dayTicks(from, from + 3 * DAY, 6).length, 4);
  assert.deepEqual(dayTicks(from, from + 20 * DAY, 6).map((at) => new Date(at * 1000).getUTCDay()), [1, 1, 1]);
  assert.deepEqual(dayTicks(from, from + 120 * DAY, 6).map((at) => new Date(at * 1000).getUTCDate()), [1, 1, 1, 1]);
});

test("of too many, every so many are kept, the last one always", () => {
  assert.deepEqual(thinned([1, 2, 3, 4, 5, 6, 7], 3), [1, 4, 7]);
  assert.deepEqual(thinned([1, 2], 5), [1, 2]);
});

test("an axis has alike decimals, cents for prices, K and M for large amounts", () => {
  const names = (all: number[]) => all.map((each) => axisName(each, all));
  assert.deepEqual(names([7, 7.5, 8]), ["7.00", "7.50", "8.00"]);
  assert.deepEqual(names([4, 6, 8]), ["4", "6", "8"]);
  assert.deepEqual(names([0, 0.0025, 0.005]), ["0.0000", "0.0025", "0.0050"]);
  assert.deepEqual(names([-4_000_000, -2_000_000, 0]), ["\u22124M", "\u22122M", "0"]);
  assert.deepEqual(names([0, 25_000, 50_000]), ["0", "25K", "50K"]);
  assert.deepEqual(names([0, 2_500, 5_000]), ["0", "2,500", "5,000"]);
});
