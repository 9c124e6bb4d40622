import assert from "node:assert/strict";
import { test } from "node:test";
import { averagingOf, check, EMPTY, fieldOf, type Form, formOf, readForm, validUntil } from "../src/pages/request/form.ts";
import { DAY } from "../src/time.ts";

const GPT = { name: "openai/gpt-4.1", lot: 100_000, newest: { date: "2026-07-15", price: "8.00", today: true } };
const NOON = 1_784_073_600 + DAY / 2; // 15 July 2026
const FORM: Form = { ...EMPTY, underlying: GPT.name };

/** What is wrong with a form that differs from a good one by this. */
function wrong(more: Partial<Form>): string[] {
  return Object.keys(check({ ...FORM, ...more }, GPT, NOON).errors);
}

test("a form becomes the body that the desk takes", () => {
  const { errors, body } = check({ ...FORM, side: "short", lots: "12", price: "limit", limit: "7.5", kind: "whole", contact: "desk" }, GPT, NOON);
  assert.deepEqual(errors, {});
  assert.deepEqual(body, {
    side: "short", underlying: GPT.name, quantity: 1_200_000, months: 6, maturity: null, averaging_days: 400, limit_price: "7.50",
    valid_until: 1_784_073_600 + 8 * DAY - 1, contact: "desk", submit: false,
  });
});

test("a named day goes as the day, with as many averaging days as lie before it", () => {
  const { body } = check({ ...FORM, tenor: "day", day: "2026-08-12", kind: "other", days: "28" }, GPT, NOON);
  assert.deepEqual([body?.months, body?.maturity, body?.averaging_days], [null, 1_784_073_600 + 28 * DAY, 28]);
  assert.deepEqual(wrong({ tenor: "day", day: "2026-08-12", kind: "other", days: "29" }), ["days"]);
  assert.deepEqual(wrong({ tenor: "day", day: "2026-08-11" }), ["day"]);
  assert.deepEqual(wrong({ tenor: "day", day: "2027-08-19" }), []);
  assert.deepEqual(wrong({ tenor: "day", day: "2027-08-20" }), ["day"]);
  assert.deepEqual(wrong({ tenor: "day", day: "" }), ["day"]);
});

test("each field that can not be taken is named, and a good one is not", () => {
  for (const lots of ["", "0", "1.5", "-1", "1e3", "ten"]) assert.deepEqual(wrong({ lots }), ["lots"], lots);
  assert.deepEqual(wrong({ lots: " 7 " }), []);
  for (const limit of ["", "0", "7,5", "16.000001", "7.1234567"]) assert.deepEqual(wrong({ price: "limit", limit }), ["limit"], limit);
  for (const limit of ["16", "$7.45", "0.000001"]) assert.deepEqual(wrong({ price: "limit", limit }), [], limit);
  assert.deepEqual(wrong({ limit: "nonsense" }), []);
  assert.deepEqual(wrong({ contact: "a\u202eb" }), ["contact"]);
  assert.deepEqual(wrong({ contact: "x".repeat(501) }), ["contact"]);
  assert.deepEqual(Object.keys(check(FORM, undefined, NOON).errors), ["underlying"]);
  assert.deepEqual(Object.keys(check(FORM, { ...GPT, newest: null }, NOON).errors), ["underlying"]);
});

test("the same form is the same request all day long, and never stands for more than 90 days", () => {
  const evening = NOON + DAY / 2 - 1;
  assert.equal(validUntil(FORM, NOON), validUntil(FORM, evening));
  assert.notEqual(validUntil(FORM, NOON), validUntil(FORM, evening + 1));
  for (const now of [NOON - DAY / 2, evening]) assert.ok(validUntil({ ...FORM, validity: "89" }, now) <= now + 90 * DAY);
});

test("a request that was written is read back into the form that wrote it", () => {
  for (const more of [{ kind: "whole" }, { kind: "five", price: "limit", limit: "7.45" }, { tenor: "12", kind: "other", days: "20" }] as const) {
    const { body } = check({ ...FORM, ...more }, GPT, NOON);
    const request = { ...body!, maturity: 0, limit_price: body!.limit_price ?? null, months: body!.months ?? null } as unknown as Parameters<typeof formOf>[0];
    const again = formOf(request, GPT.lot);
    assert.deepEqual(check(again, GPT, NOON).body, body);
    assert.equal(averagingOf(again), body!.averaging_days);
  }
});

test("what the browser kept is taken only where it is a form", () => {
  assert.deepEqual(readForm({ ...FORM, lots: "3" }), { ...FORM, lots: "3" });
  for (const kept of [undefined, null, 5, "x", { lots: 3 }, { day: null }]) assert.equal(readForm(kept), undefined);
});

test("a refusal of the desk's lands at the field that it means", () => {
  assert.equal(fieldOf("quantity", FORM), "lots");
  assert.equal(fieldOf("maturity", { ...FORM, tenor: "day" }), "day");
  assert.equal(fieldOf("idempotency_key", FORM), undefined);
});
