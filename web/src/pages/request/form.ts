// A request as it is being written: text as typed, what is wrong with it, and the body that the desk takes. Pure.
import type { Schema } from "../../api/types.ts";
import { moneyText, parseMoney, readMoney, showMoney, showTokens } from "../../money.ts";
import { DAY, dayStart, showDay } from "../../time.ts";
import type { Request } from "./words.ts";

export type Form = {
  underlying: string;
  side: "long" | "short";
  /** Whole lots, as typed. */
  lots: string;
  /** Months, or `day` for the one that is named. */
  tenor: "3" | "6" | "9" | "12" | "day";
  /** `YYYY-MM-DD` */
  day: string;
  kind: "point" | "five" | "whole" | "other";
  /** Averaging days as typed, for `other`. */
  days: string;
  price: "indicative" | "limit";
  limit: string;
  /** Days that it stands. */
  validity: "1" | "7" | "30" | "89";
  contact: string;
};

export const EMPTY: Form = {
  underlying: "", side: "long", lots: "1", tenor: "6", day: "", kind: "point", days: "20", price: "indicative", limit: "", validity: "7", contact: "",
};

/** Days ahead that the escrow takes a maturity (docs/protocol.md, "Terms"). */
export const NEAREST = 28;
export const FURTHEST = 400;
const MOST_LOTS = 1_000_000;
const LONGEST_CONTACT = 500;
// What the desk refuses in a line of text: controls, and what turns or hides others.
const STRANGE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/;

export type Reference = Pick<Schema<"UnderlyingOut">, "name" | "lot" | "newest">;
export type Errors = Partial<Record<keyof Form, string>>;
export type Body = Schema<"NewRequest">;

/** What the browser kept of a form; anything of another shape is none. */
export function readForm(kept: unknown): Form | undefined {
  if (typeof kept !== "object" || kept === null) return undefined;
  const found = { ...EMPTY, ...kept };
  return Object.values(found).every((each) => typeof each === "string") ? found : undefined;
}

/** A form with what a request asked for. */
export function formOf(of: Request, lot: number): Form {
  const { averaging_days: days, months } = of;
  const whole = months !== null && days >= 31 * months;
  return {
    ...EMPTY,
    underlying: of.underlying,
    side: of.side,
    lots: lot > 0 ? String(of.quantity / lot) : "1",
    tenor: months === null ? "day" : (String(months) as Form["tenor"]),
    day: new Date(of.maturity * 1000).toISOString().slice(0, 10),
    kind: days === 1 ? "point" : days === 5 ? "five" : whole ? "whole" : "other",
    days: String(days),
    price: of.limit_price === null ? "indicative" : "limit",
    limit: of.limit_price === null ? "" : of.limit_price,
    contact: of.contact,
  };
}

/** Mtok, or undefined where the lots are none. */
export function quantityOf(form: Form, lot: number): number | undefined {
  const lots = /^\d{1,7}$/.test(form.lots.trim()) ? Number(form.lots) : 0;
  return lots > 0 && lots <= MOST_LOTS && lot > 0 ? lots * lot : undefined;
}

/** Days in the mean; with a tenor, more than it has mean all of it. */
export function averagingOf(form: Form): number | undefined {
  if (form.kind === "point") return 1;
  if (form.kind === "five") return 5;
  if (form.kind === "whole" && form.tenor !== "day") return FURTHEST;
  const days = /^\d{1,3}$/.test(form.days.trim()) ? Number(form.days) : 0;
  return days >= 1 && days <= FURTHEST ? days : undefined;
}

/** Last second of its validity: the end of a UTC day, so that the same form is the same request all day long. */
export function validUntil(form: Form, now: number): number {
  return (Math.floor(now / DAY) + Number(form.validity) + 1) * DAY - 1;
}

/** What is wrong with it, each with its cure; the body where nothing is. */
export function check(form: Form, reference: Reference | undefined, now: number): { errors: Errors; body?: Body } {
  const errors: Errors = {};
  const spot = reference?.newest ? parseMoney(reference.newest.price) : 0n;
  const lot = reference?.lot ?? 0;
  const today = Math.floor(now / DAY) * DAY;
  if (!reference) errors.underlying = "Choose one of the list.";
  else if (lot === 0 || spot === 0n) errors.underlying = "No forward can be booked on it now. Choose another one.";
  const quantity = quantityOf(form, lot);
  if (reference && lot > 0 && quantity === undefined) errors.lots = `Write a whole number of lots, at least 1; a lot is ${showTokens(lot)} tokens.`;
  const maturity = form.tenor === "day" ? dayStart(form.day) : null;
  const length = maturity === null ? 28 * Number(form.tenor) : (maturity - today) / DAY;
  if (maturity !== null && !(length >= NEAREST && length <= FURTHEST)) {
    errors.day = `Choose a day from ${showDay(today + NEAREST * DAY)} to ${showDay(today + FURTHEST * DAY)}.`;
  }
  const averaging = averagingOf(form);
  if (averaging === undefined) errors.days = `Write a whole number of days, 1 to ${FURTHEST}.`;
  else if (maturity !== null && averaging > length) errors.days = `There are ${length} days until then. Average over fewer.`;
  const limit = form.price === "limit" ? readMoney(form.limit) : null;
  if (limit === undefined || limit === 0n) errors.limit = "Write a price above 0 with at most 6 decimals, such as 7.45.";
  else if (limit !== null && spot > 0n && limit > 2n * spot) errors.limit = `No forward is booked above twice the spot, ${showMoney(2n * spot)}. Write a lower price.`;
  if (form.contact.length > LONGEST_CONTACT) errors.contact = `At most ${LONGEST_CONTACT} characters.`;
  else if (STRANGE.test(form.contact)) errors.contact = "One line of plain text, without control or invisible characters.";
  if (Object.keys(errors).length > 0 || limit === undefined || quantity === undefined || averaging === undefined) return { errors };
  const body: Body = {
    side: form.side,
    underlying: form.underlying,
    quantity,
    months: maturity === null ? (Number(form.tenor) as 3 | 6 | 9 | 12) : null,
    maturity,
    averaging_days: averaging,
    limit_price: limit === null ? null : moneyText(limit),
    valid_until: validUntil(form, now),
    contact: form.contact,
    submit: false,
  };
  return { errors, body };
}

/** The field of the form that a field of the desk's stands for. */
export function fieldOf(name: string, form: Form): keyof Form | undefined {
  const found: Readonly<Record<string, keyof Form>> = {
    underlying: "underlying", quantity: "lots", months: "tenor", maturity: form.tenor === "day" ? "day" : "tenor",
    averaging_days: form.kind === "other" ? "days" : "kind", limit_price: "limit", valid_until: "validity", contact: "contact", side: "side",
  };
  return found[name];
}
