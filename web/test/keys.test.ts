import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { answered, intent, keyOf } from "../src/api/keys.ts";

class Shelf {
  kept = new Map<string, string>();
  getItem = (name: string) => this.kept.get(name) ?? null;
  setItem = (name: string, found: string) => void this.kept.set(name, found);
  removeItem = (name: string) => void this.kept.delete(name);
}

let shelf: Shelf;
let turn = 0;
beforeEach(() => {
  shelf = new Shelf();
  turn += 1;
});
const what = (body: unknown, account = "long") => intent(account, "post", `/api/requests/${turn}`, body);

test("a write that got no answer is repeated under its key", () => {
  assert.equal(keyOf(what({ side: "long" }), shelf), keyOf(what({ side: "long" }), shelf));
  assert.match(keyOf(what({ side: "long" }), shelf), /^[0-9a-f]{32}$/);
});

test("the key outlives a reload of the page", () => {
  shelf.setItem(`ifx.write.${what(1)}`, "the-key-of-before");
  assert.equal(keyOf(what(1), shelf), "the-key-of-before");
});

test("another body, account or path is another write", () => {
  const all = [what({ side: "long" }), what({ side: "short" }), what({ side: "long" }, "short"), intent("long", "post", "/api/other", {})];
  assert.equal(new Set(all.map((each) => keyOf(each, shelf))).size, 4);
});

test("an answered write's next one is new", () => {
  const first = keyOf(what("a"), shelf);
  answered(what("a"), shelf);
  assert.equal(shelf.kept.size, 0);
  assert.notEqual(keyOf(what("a"), shelf), first);
});
