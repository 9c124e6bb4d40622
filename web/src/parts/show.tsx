// Values as they are shown: money, tokens, times, addresses, digests. Exact, in tabular figures, to be compared.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { parseMoney, showMoney, showTokens } from "../money.ts";
import { isUtcHere, now, showDay, showDistance, showLocal, showUtc } from "../time.ts";

/** An amount: micro-USDT or the desk's decimal text. `signed` shows a plus too; `unit` null leaves the unit away. */
export function Amount(props: { of: bigint | string; signed?: boolean; unit?: string | null }) {
  const micro = typeof props.of === "string" ? parseMoney(props.of) : props.of;
  const unit = props.unit === undefined ? "USDT" : props.unit;
  return (
    <span class={props.signed && micro < 0n ? "amount loss" : "amount"}>
      {showMoney(micro, { signed: props.signed ?? false })}
      {unit && <span class="unit"> {unit}</span>}
    </span>
  );
}

/** A price: micro-USDT per Mtok or decimal text; `unit` says it whole, for the first price of a place. */
export function Price(props: { of: bigint | string; unit?: boolean }) {
  return <Amount of={props.of} unit={props.unit ? "USDT per 1M output tokens" : null} />;
}

/** A quantity in Mtok, as tokens: 100B. */
export function Tokens(props: { of: number | bigint }) {
  return <span class="amount" title={`${props.of} million tokens`}>{showTokens(props.of)}</span>;
}

/** A moment: UTC and, where it differs, local time under it (`inline`: beside it). `distance` adds "in 2 days". */
export function Time(props: { at: number; inline?: boolean; distance?: boolean }) {
  return (
    <time class={props.inline ? "time inline" : "time"} dateTime={new Date(props.at * 1000).toISOString()}>
      <span>{showUtc(props.at)}</span>
      {!isUtcHere(props.at) && <>{" "}<span class="quiet">{props.inline ? `(${showLocal(props.at)})` : showLocal(props.at)}</span></>}
      {props.distance && <>{props.inline && ","}<Distance at={props.at} /></>}
    </time>
  );
}

function Distance(props: { at: number }) {
  return <>{" "}<span class="quiet">{showDistance(props.at, useNow(30))}</span></>;
}

/** A UTC day: unix seconds or `YYYY-MM-DD`. */
export function Day(props: { of: number | string }) {
  const iso = typeof props.of === "string" ? props.of : new Date(props.of * 1000).toISOString().slice(0, 10);
  return <time class="amount" dateTime={iso}>{showDay(props.of)}</time>;
}

/** The desk's time, drawn anew every so many seconds. */
export function useNow(every: number): number {
  const [at, set] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => set(now()), every * 1000);
    return () => clearInterval(timer);
  }, [every]);
  return at;
}

/** An account or contract: both ends of it, whole on demand and for screen readers. `whole` shows all of it. */
export function Address(props: { of: string; whole?: boolean; name?: string }) {
  return (
    <span class="address">
      {props.name && <b>{props.name} </b>}
      <code title={props.of}>
        {props.whole ? props.of : <><span aria-hidden="true">{shortened(props.of)}</span><span class="unseen">{props.of}</span></>}
      </code>
      <Copy text={props.of} what="address" />
    </span>
  );
}

/** `0x1234…cdef`, for places that have no room for parts. */
export function shortened(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 6)}…${hex.slice(-4)}`;
}

/** A digest to compare with another device: in groups of eight, whole. `label` says which one it is. */
export function Digest(props: { of: string; label: string; note?: ComponentChildren }) {
  const digits = props.of.replace(/^0x/, "");
  const groups = digits.match(/.{1,8}/g) ?? [];
  return (
    <div class="digest">
      <div class="digest-head"><span>{props.label}</span><Copy text={props.of} what={props.label} /></div>
      <code aria-label={props.of}>
        <span class="digest-0x">0x</span>
        {groups.map((group, index) => <span key={index}>{group}</span>)}
      </code>
      {props.note && <p class="hint">{props.note}</p>}
    </div>
  );
}

/** Copies a text; says so for a moment. */
export function Copy(props: { text: string; what: string }) {
  const [done, set] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => set(false), 2_000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => {
    // Without the permission nothing happens: the text stands there to be marked by hand.
    navigator.clipboard?.writeText(props.text).then(() => set(true), () => undefined);
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-label={done ? "Copied" : `Copy ${props.what}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        {done ? <path d="M3 8.5l3.5 3.5L13 4.5" /> : <path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" />}
      </svg>
    </button>
  );
}

/** Facts as pairs of name and value: `items` of [name, value, hint?]. */
export function Facts(props: { items: readonly (readonly [string, ComponentChildren, ComponentChildren?] | false | null | undefined)[] }) {
  return (
    <dl class="facts">
      {props.items.map((each) => each && (
        <div key={each[0]}>
          <dt>{each[0]}</dt>
          <dd>{each[1]}{each[2] && <span class="hint">{each[2]}</span>}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A few large figures in a row: `items` of [name, value, hint?]. */
export function Figures(props: { items: readonly (readonly [string, ComponentChildren, ComponentChildren?])[] }) {
  return (
    <dl class="figures">
      {props.items.map(([name, found, hint]) => (
        <div key={name}><dt>{name}</dt><dd>{found}</dd>{hint && <dd class="hint">{hint}</dd>}</div>
      ))}
    </dl>
  );
}

/** A word on a state. Tones: `plain`, `good`, `wait`, `bad`. The word itself must say it: colour only helps. */
export function Tag(props: { tone?: "plain" | "good" | "wait" | "bad"; children: ComponentChildren }) {
  return <span class={`tag ${props.tone ?? "plain"}`}>{props.children}</span>;
}
