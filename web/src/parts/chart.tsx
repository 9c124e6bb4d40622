// Charts of our own: SVG, axes with round ticks, a readout by pointer, touch and keyboard, and the numbers as a table.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { forDrawing } from "../money.ts";
import { More } from "./dialog.tsx";
import { axisName, bandPath, linear, linePath, niceTicks, type Scale } from "./scale.ts";

export type Tone = "accent" | "quiet" | "warn";

/** What is drawn. Values are micro-USDT (prices or amounts); `x` is whatever the chart's axis is: seconds, months, a price. */
export type Series =
  | { kind: "line" | "step" | "dashed"; name: string; tone: Tone; dots?: boolean; points: readonly { x: number; y: bigint }[] }
  | { kind: "band"; name: string; tone: Tone; points: readonly { x: number; low: bigint; high: bigint }[] };

/** A place where the readout stops: `values` of [name, text]. */
export type Stop = { x: number; name: string; values: readonly (readonly [string, string])[] };

/** A vertical mark, such as today or a disrupted day. */
export type Mark = { x: number; name?: string };

type Props = {
  /** What the chart shows, for screen readers. */
  label: string;
  series: readonly Series[];
  /** Ticks of the horizontal axis, from its first to its last place, with their words. */
  ticks: (width: number) => readonly { x: number; name: string }[];
  /** Words of a value (USDT) on the vertical axis, whose ticks are `all`. Without it: alike decimals, K and M. */
  valueName?: (value: number, all: readonly number[]) => string;
  stops: readonly Stop[];
  /** Which stop is read out while nobody points: by default the last one. */
  home?: number;
  marks?: readonly Mark[];
  /** What the marks without a name are, for the legend. */
  markName?: string;
  /** Whether the vertical axis begins at zero. */
  fromZero?: boolean;
  /** The same numbers as a table, behind "The numbers". */
  table: ComponentChildren;
};

const TOP = 12;
const BOTTOM = 26;

export function Chart(props: Props) {
  const area = useRef<HTMLDivElement>(null);
  const size = useSize(area);
  const home = props.home ?? props.stops.length - 1;
  const [pointed, setAt] = useState<number>();
  const at = pointed ?? home;
  const stop = props.stops[Math.min(at, props.stops.length - 1)];
  return (
    <figure class="chart" aria-label={props.label}>
      <p class="readout" aria-hidden="true">
        {stop && <><b>{stop.name}</b>{stop.values.map(([name, text]) => <span key={name}>{name} <b>{text}</b></span>)}</>}
      </p>
      <div class="chart-area" ref={area}>
        {size && <Drawing {...props} {...size} stop={stop} />}
        {size && stop && <Reader label={props.label} stops={props.stops} at={at} onAt={setAt} home={home} scale={scales(props, size).x} />}
      </div>
      <ul class="chart-legend" aria-hidden="true">
        {props.series.map((each) => <li key={each.name}><Swatch of={each} />{each.name}</li>)}
        {props.markName && props.marks?.length ? <li><svg viewBox="0 0 18 10"><path class="mark" d="M9 -1V11" /></svg>{props.markName}</li> : null}
      </ul>
      <More title="The numbers">{props.table}</More>
    </figure>
  );
}

type Size = { width: number; height: number };

/** The area's size, as soon as it is known and whenever it changes; its room is reserved by the style sheet. */
function useSize(of: { current: HTMLElement | null }): Size | undefined {
  const [size, set] = useState<Size>();
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry) set({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    if (of.current) watch.observe(of.current);
    return () => watch.disconnect();
  }, []);
  return size;
}

type Scales = { x: Scale; y: Scale; values: number[]; names: string[]; left: number };

function scales(props: Props, size: Size): Scales {
  const found = props.series.flatMap((each) =>
    each.kind === "band" ? each.points.flatMap((p) => [forDrawing(p.low), forDrawing(p.high)]) : each.points.map((p) => forDrawing(p.y)));
  const [least, most] = [Math.min(...found), Math.max(...found)];
  // A little air, so that no line runs along an edge; but prices never go below zero.
  const air = (most - least) * 0.04;
  const low = props.fromZero ? Math.min(0, least) : least >= 0 ? Math.max(0, least - air) : least - air;
  const values = niceTicks(low, most + air, size.height < 250 ? 4 : 5);
  const names = values.map((each) => (props.valueName ?? axisName)(each, values));
  // About 7 px a figure: the axis is as wide as its longest word.
  const left = Math.max(...names.map((each) => each.length)) * 7 + 12;
  const places = props.series.flatMap((each) => each.points.map((p) => p.x));
  return {
    x: linear([Math.min(...places), Math.max(...places)], [left + 8, size.width - 12]),
    y: linear([values[0]!, values.at(-1)!], [size.height - BOTTOM, TOP]),
    values,
    names,
    left,
  };
}

function Drawing(props: Props & Size & { stop: Stop | undefined }) {
  const { x, y, values, names, left } = scales(props, props);
  return (
    <svg aria-hidden="true">
      {values.map((each, index) => (
        <g key={each}>
          <line class={each === 0 ? "grid zero" : "grid"} x1={left} x2={props.width} y1={y(each)} y2={y(each)} />
          <text class="tick" x={left - 8} y={y(each) + 4} text-anchor="end">{names[index]}</text>
        </g>
      ))}
      {props.ticks(props.width - left).map((each) => (
        <text class="tick" key={each.x} x={x(each.x)} y={props.height - 6} text-anchor={anchor(x(each.x), props.width)}>{each.name}</text>
      ))}
      {props.marks?.map((each) => (
        <g key={each.x}>
          <line class="mark" x1={x(each.x)} x2={x(each.x)} y1={TOP} y2={props.height - BOTTOM} />
          {each.name && <text class="mark-name" x={x(each.x) + 4} y={TOP + 10}>{each.name}</text>}
        </g>
      ))}
      {props.stop && <line class="cursor" x1={x(props.stop.x)} x2={x(props.stop.x)} y1={TOP} y2={props.height - BOTTOM} />}
      {props.series.map((each) => <Drawn key={each.name} of={each} x={x} y={y} stop={props.stop} />)}
    </svg>
  );
}

/** The last word of the axis stays inside of the chart. */
function anchor(at: number, width: number): "middle" | "end" {
  return at > width - 30 ? "end" : "middle";
}

function Drawn(props: { of: Series; x: Scale; y: Scale; stop: Stop | undefined }) {
  const { of, x, y, stop } = props;
  if (of.kind === "band") {
    return <path class={`band ${of.tone}`} d={bandPath(of.points.map((p) => [x(p.x), y(forDrawing(p.low)), y(forDrawing(p.high))]))} />;
  }
  const points = of.points.map((p) => [x(p.x), y(forDrawing(p.y))] as const);
  const here = stop && of.points.findIndex((p) => p.x === stop.x);
  return (
    <g>
      <path class={`line ${of.tone} ${of.kind === "dashed" ? "dashed" : ""}`} d={linePath(points, of.kind === "step")} />
      {points.map(([cx, cy], index) => (of.dots || index === here || points.length === 1) &&
        <circle key={index} class={`dot ${of.tone}`} cx={cx} cy={cy} r={index === here ? 4.5 : 3.5} />)}
    </g>
  );
}

/** A slider over the drawing: arrow keys, touch and screen readers come with it; a pointer need not be pressed. */
function Reader(props: { label: string; stops: readonly Stop[]; at: number; home: number; onAt: (at: number) => void; scale: Scale }) {
  const { stops, scale } = props;
  const stop = stops[Math.min(props.at, stops.length - 1)]!;
  const nearest = (event: PointerEvent) => {
    const left = (event.currentTarget as Element).getBoundingClientRect().left;
    const distance = (each: Stop) => Math.abs(scale(each.x) - (event.clientX - left));
    let best = 0;
    stops.forEach((each, index) => {
      if (distance(each) < distance(stops[best]!)) best = index;
    });
    return best;
  };
  const read = (event: PointerEvent) => props.onAt(nearest(event));
  return (
    <input
      type="range"
      min={0}
      max={stops.length - 1}
      step={1}
      value={Math.min(props.at, stops.length - 1)}
      aria-label={props.label}
      aria-valuetext={`${stop.name}: ${stop.values.map(([name, text]) => `${name} ${text}`).join(", ")}`}
      onInput={(event) => props.onAt(Number(event.currentTarget.value))}
      onPointerMove={read}
      onPointerUp={read}
      onPointerLeave={() => props.onAt(props.home)}
    />
  );
}

function Swatch(props: { of: Series }) {
  return (
    <svg viewBox="0 0 18 10" aria-hidden="true">
      {props.of.kind === "band"
        ? <rect class={`band ${props.of.tone}`} width="18" height="10" />
        : <line class={`line ${props.of.tone} ${props.of.kind === "dashed" ? "dashed" : ""}`} x1="0" x2="18" y1="5" y2="5" />}
    </svg>
  );
}

/** A share of one, 0 to 1, beside the number that it draws: for the eye alone. */
export function Bar(props: { of: number }) {
  return <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width={Math.max(1, props.of * 100)} height="6" /></svg>;
}
