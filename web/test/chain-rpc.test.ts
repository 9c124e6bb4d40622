// A plain endpoint, asked over http: what it answers, and what is said of one that does not.
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { attempt, type Result } from "../src/chain/problem.ts";
import { checkEndpoint } from "../src/chain/request.ts";
import { overHttp, readEndpoint } from "../src/chain/rpc.ts";

/** Serve on the loopback while `work` runs. */
async function serving<T>(answer: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/with-a-secret-key`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function answering(text: string, status = 200): RequestListener {
  return (_, response) => void response.writeHead(status).end(text);
}

function ask(url: string, limit?: number): Promise<Result<unknown>> {
  return attempt(() => overHttp(url, limit)({ method: "eth_chainId" }));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const part of request) text += String(part);
  return JSON.parse(text);
}

test("a call is one JSON-RPC post, and its result comes back", async () => {
  let asked: unknown;
  const listener: RequestListener = (request, response) =>
    void bodyOf(request).then((body) => ((asked = body), response.end('{"jsonrpc":"2.0","id":1,"result":"0x1"}')));
  assert.deepEqual(await serving(listener, (url) => ask(url)), { ok: true, value: "0x1" });
  assert.deepEqual(asked, { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
});

test("the node's own error keeps its code and words, also beside a bad status", async () => {
  const body = '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}';
  for (const status of [200, 400]) {
    const found = await serving(answering(body, status), (url) => ask(url));
    assert.deepEqual(!found.ok && [found.problem.kind, found.problem.code, found.problem.what], ["other", -32000, "header not found"]);
  }
});

test("an endpoint that is none says what it did, without the key in its path", async () => {
  for (const [body, status, words] of [["<html>", 200, /no JSON/], ["busy", 429, /HTTP 429/], ["{}", 200, /no JSON-RPC/], ['{"result":1}', 500, /HTTP 500/]] as const) {
    const found = await serving(answering(body, status), (url) => ask(url));
    assert.equal(!found.ok && found.problem.kind, "unreachable");
    assert.match(!found.ok ? found.problem.what : "", words);
    assert.doesNotMatch(JSON.stringify(found), /secret/);
  }
});

test("nobody there, and nobody who answers in time", async () => {
  const gone = await serving(answering("{}"), async (url) => url);
  const found = await ask(gone);
  assert.equal(!found.ok && found.problem.kind, "unreachable");
  const slow = await serving(() => undefined, (url) => ask(url, 50));
  assert.equal(!slow.ok && slow.problem.kind, "timed out");
});

test("an endpoint of another chain is refused before anything is read from it", async () => {
  const [right, wrong] = await serving(answering('{"jsonrpc":"2.0","id":1,"result":"0x1"}'), (url) =>
    Promise.all([checkEndpoint(overHttp(url), 1), checkEndpoint(overHttp(url), 5)]),
  );
  assert.equal(right.ok, true);
  assert.equal(!wrong.ok && wrong.problem.kind, "wrong chain");
});

test("only an http URL without a password is an endpoint", () => {
  assert.equal(readEndpoint(" https://node.example/v3/key ").host, "node.example");
  for (const text of ["", "node.example", "ftp://node.example", "javascript:alert(1)", "https://me:secret@node.example"]) {
    assert.throws(() => readEndpoint(text), { name: "Error" });
  }
});
