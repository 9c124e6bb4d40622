// Pure geometry of charts: nice ticks, scales, paths. Numbers here are lengths on paper; no money is computed.

export type Scale = (at: number) => number;

/** A line through (from[0], to[0]) and (from[1], to[1]); a span without width lies in the middle. */
export function linear(from: readonly [number, number], to: readonly [number, number]): Scale {
  const span = from[1] - from[0];
  if (span === 0) return () => (to[0] + to[1]) / 2;
  return (at) => to[0] + ((at - from[0]) / span) * (to[1] - to[0]);
}

/** About `count` round values that cover [low, high]; their first and last are the axis' ends. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) {
    const pad = Math.abs(low) || 1;
    return niceTicks(low - pad / 2, low + pad / 2, count);
  }
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => rounded((first + index) * step));
}

/** A value in USDT beside its axis: every tick with as many decimals as the one that needs most, K and M for large ones. */
export function axisName(value: number, all: readonly number[]): string {
  const most = Math.max(...all.map(Math.abs));
  const [size, unit] = most >= 2e6 ? [1e6, "M"] : most >= 10_000 ? [1e3, "K"] : [1, ""];
  const decimals = (each: number) => (String(rounded(each / size)).split(".")[1] ?? "").length;
  const places = Math.min(6, Math.max(...all.map(decimals)));
  // Prices have cents: 7.50 beside 8.00, never 7.5.
  const [whole, rest] = Math.abs(value / size).toFixed(unit === "" && places === 1 ? 2 : places).split(".");
  const shown = whole!.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
  return `${value < 0 ? "\u2212" : ""}${shown}${value === 0 ? "" : unit}`;
}

/** Every `each`-th, so that at most `most` are left, counted from the last one. */
export function thinned<T>(all: readonly T[], most: number): T[] {
  const each = Math.max(1, Math.ceil(all.length / Math.max(1, most)));
  return all.filter((_, index) => (all.length - 1 - index) % each === 0);
}

/** UTC midnights between two moments that make good ticks: days, Mondays, months or years, by how many there are. */
export function dayTicks(from: number, to: number, most: number): number[] {
  const day = 86_400;
  const first = Math.ceil(from / day);
  const last = Math.floor(to / day);
  const days = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * day);
  if (days.length <= most) return days;
  const weeks = days.filter((at) => new Date(at * 1000).getUTCDay() === 1);
  if (weeks.length <= most) return weeks;
  const months = days.filter((at) => new Date(at * 1000).getUTCDate() === 1);
  return thinned(months, most);
}

/** Points joined; `step` holds each value until the next point. */
export function linePath(points: readonly (readonly [number, number])[], step: boolean): string {
  return points.map(([x, y], index) => (index === 0 ? `M${r(x)} ${r(y)}` : step ? `H${r(x)}V${r(y)}` : `L${r(x)} ${r(y)}`)).join("");
}

/** The area between two lines over the same places. */
export function bandPath(points: readonly (readonly [x: number, low: number, high: number])[]): string {
  if (points.length === 0) return "";
  const there = points.map(([x, , high]) => [x, high] as const);
  const back = points.map(([x, low]) => [x, low] as const).reverse();
  return `${linePath([...there, ...back], false)}Z`;
}

function r(length: number): number {
  return Math.round(length * 10) / 10;
}

function rounded(tick: number): number {
  return Number(tick.toPrecision(12));
}
