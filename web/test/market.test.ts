import assert from "node:assert/strict";
import { test } from "node:test";
import { daysOf } from "../src/pages/market/history.ts";
import { match } from "../src/router.ts";
import { dayStart } from "../src/time.ts";

const at = (day: string, hours = 0) => dayStart(day) + hours * 3_600;
const fixing = (date: string, price = "8.00") => ({ date, price });

test("a day without a fixing takes the first one of the next two days", () => {
  const days = daysOf([fixing("2026-07-15"), fixing("2026-07-18", "6.00")], at("2026-07-18", 1));
  assert.deepEqual(days.map((each) => each.takes), [undefined, at("2026-07-18"), at("2026-07-18"), undefined]);
});

test("where those two days are over without one, it takes the newest earlier one, and not before", () => {
  const known = [fixing("2026-07-15")];
  assert.equal(daysOf(known, at("2026-07-18", 23)).find((each) => each.day === at("2026-07-16"))!.takes, undefined);
  assert.equal(daysOf(known, at("2026-07-19", 0)).find((each) => each.day === at("2026-07-16"))!.takes, at("2026-07-15"));
});

test("today is no disrupted day before it is over", () => {
  assert.equal(daysOf([fixing("2026-07-15")], at("2026-07-16", 12)).length, 1);
  assert.equal(daysOf([fixing("2026-07-15")], at("2026-07-17", 0)).length, 2);
  assert.deepEqual(daysOf([], at("2026-07-17")), []);
});

test("a path is a page's only with the values that it names", () => {
  assert.deepEqual(match("/positions/{id}", "/positions/0xab"), { id: "0xab" });
  assert.equal(match("/positions/{id}", "/positions/"), undefined);
  assert.equal(match("/positions/{id}", "/positions/0xab/more"), undefined);
  assert.deepEqual(match("/market", "/market"), {});
});
