// The operator's console: what waits for a decision first, then what is under way, then what must be well.
import { useGet, useSettled } from "../api/use.ts";
import { Page } from "../parts/page.tsx";
import { Figures } from "../parts/show.tsx";
import { Room } from "../parts/state.tsx";
import { useMarket } from "./market/as-of.tsx";
import { ToCheck } from "./operator/check.tsx";
import { Health } from "./operator/health.tsx";
import { Matches } from "./operator/matches.tsx";
import { Open } from "./operator/open.tsx";
import { Agreements } from "./operator/under-way.tsx";
import { ROWS, underWay, useRequests } from "./operator/words.ts";

export function OperatorPage() {
  const submitted = useRequests("submitted");
  const open = useRequests("checked");
  const ways = [useRequests("matched"), useRequests("terms_sent"), useRequests("approved_by_one"), useRequests("approved_by_both")];
  const matches = useGet("/api/operator/matches", { every: 15 });
  const underlyings = useMarket("/api/market/underlyings");
  const settled = useSettled([submitted, open, ...ways, matches, underlyings]);
  const reload = () => [submitted, open, ...ways, matches].forEach((each) => each.reload());
  const out = ways.every((each) => each.data) ? underWay(ways.flatMap((each) => each.data!.items)).length : undefined;
  return (
    <Page title="Operator" lead="Check what is asked for, bring together what fits. You cannot change terms that were sent, approve for a side or take one.">
      {/* All of it at once: what is read first must not be pushed down by what comes later. */}
      {!settled ? <Room lines={12} /> : (
        <>
          <Figures items={[
            ["Wait for the check", count(submitted.data?.items.length)],
            ["Proposed matches", matches.data ? count(matches.data.items.length + matches.data.left_off, Infinity) : "–"],
            ["Open requests", count(open.data?.items.length)],
            ["Agreements under way", count(out)],
          ]} />
          <ToCheck of={submitted} onChange={reload} />
          <Matches of={matches} open={open.data?.items ?? []} onChange={reload} />
          <Agreements of={ways} />
          <Open of={open} />
          <Health of={underlyings} />
        </>
      )}
    </Page>
  );
}

function count(found: number | undefined, most = ROWS): string {
  return found === undefined ? "–" : found >= most ? `${most} or more` : String(found);
}
