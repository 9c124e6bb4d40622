// Every open agreement of the one who is signed in, whole: the lists name them, and each is asked for once a look.
import { useEffect, useState } from "preact/hooks";
import { get } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { useGet } from "../../api/use.ts";
import { readMessage } from "../../chain/typed-data.ts";
import { needOf } from "../agreement/need.ts";
import type { Agreement } from "../agreement/words.ts";

export type Open = {
  of: Agreement;
  /** What executing it collects from the reader, micro-USDT. */
  need: bigint;
};

const EVERY = 15; // seconds

/** All of them; empty until they are known. */
export function useOpen(): readonly Open[] {
  return useOpenLoaded().data ?? [];
}

/** The same as an answer, with its problem. */
export function useOpenLoaded() {
  const sent = useGet("/api/agreements", { query: { state: "sent" }, every: EVERY });
  const approved = useGet("/api/agreements", { query: { state: "approved" }, every: EVERY });
  const [data, set] = useState<readonly Open[]>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    if (!sent.data || !approved.data) return;
    let over = false;
    const ids = [...sent.data.items, ...approved.data.items].map((each) => each.id);
    Promise.all(ids.map((id) => get("/api/agreements/{id}", { path: { id } }))).then(
      (found) => over || (set(found.map((of) => ({ of, need: needOf(of, readMessage(of.kind, of.message)) }))), setProblem(undefined)),
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        if (!over) setProblem(error);
      },
    );
    return () => void (over = true);
  }, [sent.data, approved.data]);
  const reload = () => {
    sent.reload();
    approved.reload();
  };
  return { data, problem: sent.problem ?? approved.problem ?? problem, busy: sent.busy || approved.busy, reload };
}
