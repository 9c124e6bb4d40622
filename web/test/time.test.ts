import assert from "node:assert/strict";
import { test } from "node:test";
import { dayStart, showDay, showDistance, showLocal, showSpan, showUtc } from "../src/time.ts";

const MATURITY = 1_784_073_600; // 2026-07-15T00:00:00Z

test("a maturity is a UTC midnight, wherever it is read", () => {
  assert.equal(dayStart("2026-07-15"), MATURITY);
  assert.equal(showUtc(MATURITY), "15 Jul 2026, 00:00 UTC");
  assert.equal(showDay(MATURITY), "15 Jul 2026");
  assert.equal(showDay("2026-07-15"), "15 Jul 2026");
});

test("local time is written with its zone, and can be another day", () => {
  assert.match(showLocal(MATURITY, "America/New_York"), /^14 Jul 2026, 20:00 (EDT|GMT-4)$/);
  assert.match(showLocal(MATURITY, "Asia/Tokyo"), /^15 Jul 2026, 09:00 (JST|GMT\+9)$/);
});

test("a span has its two largest units, next to each other", () => {
  for (const [seconds, text] of [[59, "less than a minute"], [60, "1 minute"], [3_660, "1 hour 1 minute"], [86_400 + 120, "1 day"], [2 * 86_400 + 3 * 3_600 + 59, "2 days 3 hours"]] as const) {
    assert.equal(showSpan(seconds), text);
  }
  assert.equal(showDistance(MATURITY + 7_200, MATURITY), "in 2 hours");
  assert.equal(showDistance(MATURITY - 86_400, MATURITY), "1 day ago");
});
