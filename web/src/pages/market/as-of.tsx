// As of which block an answer is, and how the market's answers are asked for.
import { useEffect } from "preact/hooks";
import { useGet, type Loaded } from "../../api/use.ts";
import type { Answer, PathOf, Schema } from "../../api/types.ts";
import { showUtc, notBefore } from "../../time.ts";

/** Seconds between two looks: the chain's pace. */
const EVERY = 15;

type MarketPath = Extract<PathOf<"get">, `/api/market${string}`>;

/** What one of the market's routes answers. */
export type MarketAnswer<P extends MarketPath> = Loaded<Answer<P, "get">>;

/** One of the market's answers, kept fresh; `underlying` for those about one reference, null while none is known. */
export function useMarket<P extends MarketPath>(path: P, underlying?: string | null): MarketAnswer<P> {
  const query = underlying ? { query: { underlying } } : {};
  const found = useGet(path, { every: EVERY, when: underlying !== null, ...query } as Parameters<typeof useGet<P>>[1]);
  const time = (found.data as { as_of?: Schema<"AsOfOut"> } | undefined)?.as_of?.time;
  useEffect(() => {
    if (time !== undefined) notBefore(time);
  }, [time]);
  return found;
}

/** `Block 21,000,123 · 15 Jul 2026, 00:00 UTC`, and how far it is final. Its room is there before it is known. */
export function AsOf(props: { of: Schema<"AsOfOut"> | undefined }) {
  const { of } = props;
  if (!of) return <p class="as-of">&nbsp;</p>;
  const final = of.final_block === null ? "finality unknown" : `final to ${of.final_block.toLocaleString("en")}`;
  return (
    <p class="as-of">
      <span>Block <b title={of.hash}>{of.block.toLocaleString("en")}</b>, {final}</span>
      <time dateTime={new Date(of.time * 1000).toISOString()}>{showUtc(of.time)}</time>
    </p>
  );
}
