// The page's own coder against viem's, which it stands in for: the same bytes both ways, and refusals instead of guesses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeAbiParameters, encodeAbiParameters, getAddress, keccak256, toHex } from "viem/utils";
import { ESCROW, ORACLE } from "../src/chain/abi.ts";
import { decode, encode, type Parameter } from "../src/chain/coder.ts";
import { bytesOf, checksummed, type Hex, hexOf, keccak, keccakText } from "../src/chain/hash.ts";

let seed = 7n;

/** The next number of a fixed sequence, below `limit`. */
function drawn(limit: bigint): bigint {
  seed = BigInt(keccak256(toHex(seed)));
  return seed % limit;
}

function bytes(length: number): Hex {
  return `0x${Array.from({ length }, () => drawn(256n).toString(16).padStart(2, "0")).join("")}`;
}

function valueFor({ type, name, components = [] }: Parameter): unknown {
  if (type.endsWith("[]")) {
    return Array.from({ length: Number(drawn(4n)) }, () => valueFor({ type: type.slice(0, -2), name, components }));
  }
  switch (type) {
    case "tuple":
      return Object.fromEntries(components.map((each) => [each.name, valueFor(each)]));
    case "address":
      return getAddress(bytes(20));
    case "bool":
      return drawn(2n) === 1n;
    case "uint256":
      return [0n, (1n << 256n) - 1n, drawn(1n << 256n), drawn(1n << 64n)][Number(drawn(4n))];
    case "bytes32":
      return bytes(32);
    case "bytes":
      return bytes(Number(drawn(100n)));
    default:
      return "é🦄abc/:".repeat(Number(drawn(12n)));
  }
}

const NESTED: readonly Parameter[] = [
  { name: "a", type: "bytes[]" },
  { name: "b", type: "tuple[]", components: [{ name: "c", type: "string" }, { name: "d", type: "uint256" }] },
  { name: "e", type: "tuple", components: [{ name: "f", type: "address" }, { name: "g", type: "tuple", components: [{ name: "h", type: "bool" }] }] },
  { name: "i", type: "tuple[]", components: [{ name: "j", type: "bytes32" }, { name: "k", type: "address" }] },
];

test("every call and answer of the page is coded as viem codes it, and so are types that nest", () => {
  const entries = [...Object.values(ESCROW), ...Object.values(ORACLE)];
  const lists = entries.flatMap<readonly Parameter[]>((each) => ("inputs" in each ? [each.inputs, each.outputs] : [each.indexed, each.data]));
  for (const parameters of [...lists, NESTED, NESTED, NESTED].filter((each) => each.length > 0)) {
    for (let round = 0; round < 5; round += 1) {
      const values = parameters.map(valueFor);
      const coded = encode(parameters, values);
      assert.equal(coded, encodeAbiParameters(parameters, values));
      assert.deepEqual(decode(parameters, coded), values);
      assert.deepEqual(decode(parameters, coded), decodeAbiParameters(parameters, coded));
    }
  }
});

test("a value that a type cannot hold is refused", () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ["uint256", -1n], ["uint256", 1n << 256n], ["uint256", 1], ["uint256", "1"],
    ["address", "0x12"], ["address", bytes(32)], ["bytes32", bytes(20)], ["bytes32", `0x${"zz".repeat(32)}`], ["bytes", "0x123"], ["bytes", 1],
  ];
  for (const [type, value] of wrong) {
    assert.throws(() => encode([{ name: "x", type }], [value]), TypeError, `${type} ${String(value)}`);
  }
  assert.throws(() => encode([{ name: "x", type: "bool" }], []), TypeError);
});

test("bytes that are no encoding are refused, without making anything of their size", () => {
  const word = (value: bigint): string => value.toString(16).padStart(64, "0");
  const wrong: readonly (readonly [string, string])[] = [
    ["uint256", ""], ["uint256", "00"], ["bool", word(2n)], ["address", word(1n << 160n)],
    ["string", word(32n)], ["string", word(1n << 200n)], ["string", word(32n) + word(33n) + word(0n)], ["string", word(32n) + word(1n) + "ff".padEnd(64, "0")],
    ["bytes32[]", word(32n) + word(2n) + word(0n)], ["bytes[]", word(32n) + word(1n << 30n)],
  ];
  for (const [type, data] of wrong) {
    assert.throws(() => decode([{ name: "x", type }], `0x${data}`), Error, `${type} ${data}`);
  }
});

test("hashes and checksums are viem's", () => {
  for (let round = 0; round < 50; round += 1) {
    const [address, some] = [bytes(20), bytes(round)];
    assert.equal(checksummed(address), getAddress(address));
    assert.equal(keccak(address, some), keccak256(`${address}${some.slice(2)}`));
    assert.equal(hexOf(bytesOf(some)), some);
  }
  assert.equal(keccakText("é"), keccak256(toHex("é")));
});
