// A plain JSON-RPC endpoint as an EIP-1193 request: for the page that works when the desk is gone.
import { badValue, problem, Refusal } from "./problem.ts";
import { PATIENCE, type Request } from "./request.ts";

/** The URL of an endpoint as someone typed it. Throws a `Refusal` ("bad value"). */
export function readEndpoint(text: string): URL {
  const cure = "Write it as your node or its provider gives it, such as https://….";
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw badValue("That is not the URL of a chain endpoint.", cure);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw badValue("A chain endpoint begins with https:// or http://.", cure);
  }
  if (url.username !== "" || url.password !== "") {
    throw badValue("A browser sends no user name or password inside a URL.", "Use an endpoint whose key is in its path.");
  }
  return url;
}

/** Ask the endpoint at `url`; an answer may take `limit` milliseconds. Sends nothing but what is asked: no cookies. */
export function overHttp(url: URL | string, limit = PATIENCE): Request {
  const endpoint = readEndpoint(String(url));
  let id = 0;
  return async ({ method, params = [] }) => {
    id += 1;
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    const answer = await posted(endpoint, body, limit);
    if (typeof answer !== "object" || answer === null || !("result" in answer || "error" in answer)) {
      throw unreachable(endpoint, "gave an answer that is no JSON-RPC");
    }
    if ("error" in answer && answer.error != null) {
      throw answer.error; // its code, words and data: `problemOf` reads them as it reads a wallet's
    }
    return (answer as { readonly result: unknown }).result;
  };
}

async function posted(endpoint: URL, body: string, limit: number): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(limit),
    });
    text = await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      const what = `${endpoint.host} gave no answer within ${limit / 1000} seconds.`;
      throw new Refusal(problem("timed out", { what }));
    }
    throw unreachable(endpoint, "cannot be reached from this page (offline, a wrong address, or it allows no web pages)");
  }
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw unreachable(endpoint, response.ok ? "gave an answer that is no JSON" : `answered with HTTP ${response.status}`);
  }
  // Some nodes send an error of the call with a status that is none of success.
  if (!response.ok && !(typeof answer === "object" && answer !== null && "error" in answer)) {
    throw unreachable(endpoint, `answered with HTTP ${response.status}`);
  }
  return answer;
}

function unreachable(endpoint: URL, why: string): Refusal {
  // The host alone: keys stand in paths.
  return new Refusal(problem("unreachable", { what: `${endpoint.host} ${why}.`, cure: "Check the address, or use another endpoint of this chain." }));
}
