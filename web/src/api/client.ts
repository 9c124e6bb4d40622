// How the page asks the desk: typed by its OpenAPI, every write with the session's CSRF value and a key under which it
// is done once. What fails is thrown as a `Problem`.
import { session, signedOut } from "../session.ts";
import { connection } from "./connection.ts";
import { answered, intent, keyOf } from "./keys.ts";
import { Problem, problemOf, unreachable } from "./problem.ts";
import type { Answer, Inputs, Method, PathOf, Schema } from "./types.ts";

type Loose = { path?: Record<string, string>; query?: Record<string, string | number | boolean | null>; body?: unknown };

/** The address of a question, which also names its answer in memory. */
export function address(path: string, input: Loose = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(input.path?.[name] ?? ""));
  const query = new URLSearchParams();
  for (const [name, found] of Object.entries(input.query ?? {})) {
    if (found !== null && found !== undefined) query.set(name, String(found));
  }
  const text = query.toString();
  return text ? `${filled}?${text}` : filled;
}

/** GET. Throws `Problem`. */
export async function get<P extends PathOf<"get">>(path: P, ...[input]: Inputs<P, "get">): Promise<Answer<P, "get">> {
  return (await send("get", address(path, input as Loose))) as Answer<P, "get">;
}

/**
 * A write, done once however often it is repeated: its key is kept, also across a reload, until the desk answers it.
 * Throws `Problem`; where its `again` holds, calling this again with the same input repeats the same write.
 */
export async function write<M extends Exclude<Method, "get">, P extends PathOf<M>>(
  method: M,
  path: P,
  ...[input]: Inputs<P, M>
): Promise<Answer<P, M>> {
  const { body } = (input ?? {}) as Loose;
  const who = session.get();
  const url = address(path, input as Loose);
  const what = intent(who.state === "in" ? who.account : "", method, url, body);
  const headers: Record<string, string> = { "Idempotency-Key": keyOf(what) };
  if (who.state === "in") headers["X-CSRF-Token"] = who.csrf;
  try {
    const answer = await send(method, url, body ?? {}, headers);
    answered(what);
    return answer as Answer<P, M>;
  } catch (error) {
    // A refusal did nothing and is not kept by the desk; whatever else may have been done, and keeps its key.
    if (error instanceof Problem && error.kind === "refused") answered(what);
    throw error;
  }
}

/** Open or close a session: no key, since a message is good for one session, and a closed one stays closed. */
export async function sessionWrite(method: "post" | "delete", body?: Schema<"SignedMessage">): Promise<void> {
  const who = session.get();
  await send(method, "/api/session", body ?? {}, who.state === "in" ? { "X-CSRF-Token": who.csrf } : {});
}

const PATIENCE = 30_000; // milliseconds for one answer

async function send(method: Method, url: string, body?: unknown, more: Record<string, string> = {}): Promise<unknown> {
  const headers: Record<string, string> = { Accept: "application/json", ...more };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: method.toUpperCase(),
      headers,
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    // fetch tells no two failures apart: whatever it was, no answer came.
    connection.set("unreachable");
    throw unreachable();
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    connection.set(problem.kind === "not-now" ? "not-now" : "ok");
    if (problem.kind === "signed-out") signedOut("over");
    throw problem;
  }
  connection.set("ok");
  if (answer.status === 204) return undefined;
  try {
    return await answer.json();
  } catch {
    throw unreachable(); // the answer broke off
  }
}
