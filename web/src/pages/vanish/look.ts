// The account's forwards and money in a part of the page: searched once, looked at again after each transaction.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Deployment } from "../../chain/contract.ts";
import type { Part, Progress } from "../../chain/history.ts";
import { attempt, type Problem } from "../../chain/problem.ts";
import type { Request } from "../../chain/request.ts";
import type { Address } from "../../chain/values.ts";
import { notBefore } from "../../time.ts";
import { type Holdings, holdDeployment, lookAt, partsOf } from "./reading.ts";

export type Look = {
  holdings: Holdings | undefined;
  /** Why there are none, or no newer ones. */
  problem: Problem | undefined;
  progress: Progress | undefined;
  busy: boolean;
  /** Look again; `whole`: also search for forwards again. */
  again: (whole?: boolean) => void;
};

export function useHoldings(request: Request, deployment: Deployment, account: Address): Look {
  const [turn, again] = useState(0);
  const [state, set] = useState<Omit<Look, "again">>({ holdings: undefined, problem: undefined, progress: undefined, busy: true });
  const parts = useRef<readonly Part[] | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    const change = (more: Partial<typeof state>) => !stop.signal.aborted && set((now) => ({ ...now, ...more }));
    change({ busy: true, problem: undefined });
    void attempt(async () => {
      if (parts.current === undefined) {
        await holdDeployment(request, deployment);
        parts.current = await partsOf(request, deployment, account, { signal: stop.signal, onProgress: (progress) => change({ progress }) });
      }
      return lookAt(request, deployment, account, parts.current);
    }).then((found) => {
      if (found.ok) notBefore(found.value.now);
      change(found.ok ? { holdings: found.value, busy: false } : { problem: found.problem, busy: false });
    });
    return () => stop.abort();
  }, [request, deployment, account, turn]);
  return {
    ...state,
    again: (whole = false) => {
      if (whole) parts.current = undefined;
      again((count) => count + 1);
    },
  };
}
