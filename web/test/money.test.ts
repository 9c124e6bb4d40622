import assert from "node:assert/strict";
import { test } from "node:test";
import { BadMoney, moneyText, parseMoney, readMoney, readTokens, showMoney, showTokens, value } from "../src/money.ts";

test("the desk's decimal text is read exactly, and written back", () => {
  for (const [text, micro] of [["8.00", 8_000_000n], ["-3130000.000000", -3_130_000_000_000n], ["0.000001", 1n], ["0", 0n]] as const) {
    assert.equal(parseMoney(text), micro);
    assert.equal(parseMoney(moneyText(micro)), micro);
  }
  assert.equal(parseMoney("123456789012345678901234.000001"), 123456789012345678901234000001n);
});

test("what is no decimal amount is refused", () => {
  for (const text of ["", "1e6", "1.0000001", ".5", "1,000", "0x10", "NaN", "--1", "1."]) {
    assert.throws(() => parseMoney(text), BadMoney, text);
  }
});

test("money is shown with all of its decimals that count, and never rounded", () => {
  assert.equal(showMoney(4_870_000_000_000n), "4,870,000.00");
  assert.equal(showMoney(-3_130_000_000_001n), "\u22123,130,000.000001");
  assert.equal(showMoney(550_000_000_000n, { signed: true }), "+550,000.00");
  assert.equal(showMoney(0n, { signed: true }), "0.00");
  assert.equal(showMoney(7_455_000n), "7.455");
});

test("a person may write groups of three, a dollar sign, a bare point", () => {
  for (const [typed, micro] of [["7.45", 7_450_000n], [" $1,234.5 ", 1_234_500_000n], ["1 000 000", 10n ** 12n], [".5", 500_000n], ["7.", 7_000_000n]] as const) {
    assert.equal(readMoney(typed), micro, typed);
  }
  for (const typed of ["", ".", "7,45", "1,00", "-1", "abc", "1.1234567", "1,000.5.5"]) assert.equal(readMoney(typed), undefined, typed);
});

test("tokens are written as people say them, and read the same way", () => {
  for (const [mtok, text] of [[1_000_000, "1T"], [100_000, "100B"], [1_500_000, "1.5T"], [1_000_001, "1,000.001B"], [999, "999M"], [1, "1M"], [12_345_000_000, "12,345T"]] as const) {
    assert.equal(showTokens(mtok), text);
    assert.equal(readTokens(text), mtok);
  }
  assert.equal(showTokens(0), "0");
  assert.equal(readTokens("100,000"), 100_000);
  for (const typed of ["", "0", "0.5M", "1X", "-1T", "B"]) assert.equal(readTokens(typed), undefined, typed);
});

test("the worked example of the paper: price times quantity is exact", () => {
  assert.equal(value(parseMoney("4.32") - parseMoney("7.45"), 1_000_000), -3_130_000_000_000n);
});
