// Messages are read strictly, and written for wallets so that nothing is rounded.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "../src/chain/problem.ts";
import { digestsOf, partiesOf, readMessage, safeMessageHash, typedDataJson } from "../src/chain/typed-data.ts";
import { readAddress, readHash, readUint } from "../src/chain/values.ts";
import { ESCROW, LONG } from "./fake-node.ts";

const SHORT = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
const TERMS = {
  long: LONG,
  short: SHORT,
  underlying: "openai/gpt-4.1",
  quantity: 1_000_000,
  price: 7_450_000,
  spot: 8_000_000,
  indicative: 7_450_000,
  maturity: 1_797_897_600,
  averaging_days: 1,
  deadline: 1_784_160_000,
  salt: `0x${"05".repeat(32)}`,
};
const DOMAIN = { chainId: 31337, escrow: ESCROW };

test("the paper's terms have the digest that the SDK gives them", () => {
  const message = readMessage("terms", TERMS);
  const digests = digestsOf(message, DOMAIN);
  assert.deepEqual(digests, {
    id: "0xb942d5b148dc201c184b67cfdac6037089c18e1107cadfa1f80a990d03e41209",
    domain_separator: "0x2ece330325b7cac4798b8aeb14c7e264e8b41e4df78103ac0524be1542157447",
    message_hash: "0x26bb2828d9337b056e8e4babeb78de9c4471d24b7864b421871acfc7608c8b2b",
  });
  assert.equal(safeMessageHash(digests.id, LONG, 31337), "0x33d8cb5b138943b1a6eb35044a2c594a7680e6b7ffd72b843920d13cfadcb2f1");
  assert.deepEqual(partiesOf(message), { long: LONG, short: SHORT });
});

test("a wallet is asked for the same fields, each number as text", () => {
  const typed = JSON.parse(typedDataJson(readMessage("terms", TERMS), DOMAIN)) as Record<string, unknown>;
  assert.equal(typed["primaryType"], "Forward");
  assert.deepEqual(typed["domain"], { name: "IFX Forward Escrow", version: "1", chainId: 31337, verifyingContract: ESCROW });
  const { averaging_days, ...fields } = TERMS;
  const texts = Object.entries({ ...fields, averagingDays: averaging_days }).map(([name, value]) => [name, String(value)]);
  assert.deepEqual(typed["message"], Object.fromEntries(texts));
});

test("a field too many, too few or of another kind is refused", () => {
  const { salt, ...without } = TERMS;
  const wrong = [
    null,
    [],
    "terms",
    without,
    { ...TERMS, extra: 1 },
    { ...TERMS, quantity: -1 },
    { ...TERMS, quantity: 1.5 },
    { ...TERMS, quantity: 2 ** 53 },
    { ...TERMS, quantity: "1e6" },
    { ...TERMS, quantity: (1n << 256n).toString() },
    { ...TERMS, underlying: "GPT" },
    { ...TERMS, long: LONG.toLowerCase().replace("c", "C") },
    { ...TERMS, long: "0x12" },
    { ...TERMS, salt: salt.slice(0, -2) },
  ];
  for (const each of wrong) {
    assert.throws(() => readMessage("terms", each), Refusal, JSON.stringify(each));
  }
  assert.throws(() => readMessage("novation", TERMS), Refusal);
});

test("numbers are read exactly from text, and addresses with their checksum", () => {
  assert.equal(readUint(((1n << 256n) - 1n).toString()), (1n << 256n) - 1n);
  assert.equal(readUint(2 ** 53 - 1), 9_007_199_254_740_991n);
  assert.equal(readAddress(LONG.toLowerCase()), LONG);
  assert.equal(readHash(`0x${"AB".repeat(32)}`), `0x${"ab".repeat(32)}`);
});
