// Times: unix seconds UTC inside, UTC and the reader's own time zone together at the edge.
import { facts } from "./facts.ts";

/** Seconds of a UTC day. */
export const DAY = 86_400;
const started = Date.now();
let offset: number | undefined;

/** The desk's time now, unix seconds UTC: the browser's clock, moved by what the shell said when it was loaded. */
export function now(): number {
  offset ??= facts().now - Math.floor(started / 1000);
  return Math.floor(Date.now() / 1000) + offset;
}

/** Take over a newer word on the time, such as a block's behind which the desk's clock cannot be. */
export function notBefore(seconds: number): void {
  const late = seconds - now();
  if (late > 0) offset = (offset ?? 0) + late;
}

const written = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let found = written.get(key);
  if (!found) written.set(key, (found = new Intl.DateTimeFormat("en-GB", options)));
  return found;
}

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const DATE = { day: "numeric", month: "short", year: "numeric" } as const;

/** `15 Jul 2026`, a UTC day from unix seconds or `YYYY-MM-DD`. */
export function showDay(day: number | string): string {
  return format({ ...DATE, timeZone: "UTC" }).format(typeof day === "string" ? Date.parse(day) : day * 1000);
}

/** `15 Jul 2026, 00:00 UTC` */
export function showUtc(seconds: number): string {
  return `${format({ ...DATE, ...CLOCK, timeZone: "UTC" }).format(seconds * 1000)} UTC`;
}

/** `14 Jul 2026, 20:00 GMT-4` where the reader is; `zone` for tests and for a profile's own. */
export function showLocal(seconds: number, zone?: string): string {
  const options = { ...DATE, ...CLOCK, timeZoneName: "short", ...(zone ? { timeZone: zone } : {}) } as const;
  return format(options).format(seconds * 1000);
}

/** Whether local time is UTC at that moment, so that it needs no second writing. */
export function isUtcHere(seconds: number): boolean {
  return new Date(seconds * 1000).getTimezoneOffset() === 0;
}

const UNITS = [["day", DAY], ["hour", 3_600], ["minute", 60]] as const;

/** `2 days 3 hours`, the two largest units; below a minute `less than a minute`. */
export function showSpan(seconds: number): string {
  let rest = Math.abs(seconds);
  const parts: string[] = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ") || "less than a minute";
}

/** `in 2 days 3 hours`, `5 minutes ago`, `now` */
export function showDistance(seconds: number, from: number): string {
  const span = seconds - from;
  if (Math.abs(span) < 1) return "now";
  return span > 0 ? `in ${showSpan(span)}` : `${showSpan(span)} ago`;
}

/** Unix seconds of a UTC day written `YYYY-MM-DD`. */
export function dayStart(day: string): number {
  return Date.parse(day) / 1000;
}
