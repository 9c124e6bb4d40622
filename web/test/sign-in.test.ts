import assert from "node:assert/strict";
import { test } from "node:test";
import { hashMessage, hashTypedData } from "viem";
import { safeMessageHash } from "../src/chain/typed-data.ts";
import { safeTypedData, textDigest } from "../src/pages/sign-in/owners.ts";

const SAFE = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

test("the desk's message has the digest that viem gives it, whatever it holds", () => {
  for (const text of ["", "desk.example wants you to sign in", "ü and 中\n\n", "x".repeat(1000)]) {
    assert.equal(textDigest(text), hashMessage(text));
  }
});

test("what an owner's wallet is asked to sign hashes to the SafeMessage hash that is shown", () => {
  const digest = textDigest("a message");
  const asked = JSON.parse(safeTypedData(digest, SAFE, 31_337)) as Parameters<typeof hashTypedData>[0];
  assert.equal(hashTypedData(asked), safeMessageHash(digest, SAFE, 31_337));
});
