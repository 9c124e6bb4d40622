// Time in the sandbox: how late it is, and letting days pass.

/** Time that passes, or has passed; as `GET /api/sandbox` has it. */
export type Journey = { to: number; at: number; days_left: number; over: boolean; unfixed: string[]; failure: string };
/** Seconds UTC, and the journey under way or the last one. */
export type Now = { now: number; journey: Journey | null };

/** How late it is there. */
export async function look(): Promise<Now> {
  const answer = await fetch("/api/sandbox", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the sandbox answers ${answer.status}`);
  return (await answer.json()) as Now;
}

/** Begin to let time pass: to the next day's fixing, or to when a forward can be settled. Throws with the reason. */
export async function travel(forward?: string): Promise<Journey> {
  const answer = await fetch("/api/sandbox/time-travel", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(forward === undefined ? { to: "next-day" } : { to: "maturity", forward }),
  });
  const found = (await answer.json()) as Journey & { title?: string };
  if (!answer.ok) throw new Error(found.title ?? `the sandbox answers ${answer.status}`);
  return found;
}

/** The forward of a position's page; undefined on every other one. */
export function forwardIn(path: string): string | undefined {
  return /^\/positions\/(0x[0-9a-f]{64})$/.exec(path)?.[1];
}
