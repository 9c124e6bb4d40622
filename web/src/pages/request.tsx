// A request for a forward: the form, its live quote, drafts. What is typed survives a reload; handed in once, however
// often the button is pressed or an answer is lost.
import { useState } from "preact/hooks";
import { write as send } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import { forget, useGet, useWrite } from "../api/use.ts";
import { forget as drop, remember, remembered } from "../chain/keep.ts";
import { parseMoney, showMoney, showTokens, value } from "../money.ts";
import { Actions, Button } from "../parts/button.tsx";
import { Choice, Field, Select, TextField } from "../parts/form.tsx";
import { Page } from "../parts/page.tsx";
import { Amount, Time, useNow } from "../parts/show.tsx";
import { Load, Refused, State } from "../parts/state.tsx";
import { navigate, usePlace } from "../router.ts";
import { useSession } from "../session.ts";
import { DAY } from "../time.ts";
import { check, EMPTY, type Errors, fieldOf, type Form, formOf, FURTHEST, NEAREST, quantityOf, readForm, type Reference, validUntil } from "./request/form.ts";
import { Quote } from "./request/quote.tsx";

export function RequestPage() {
  const { query } = usePlace();
  const session = useSession();
  const from = query.get("draft") ?? query.get("from");
  const references = useGet("/api/market/underlyings", { every: 60 });
  const source = useGet("/api/requests/{id}", { path: { id: from ?? "" }, when: from !== null });
  const account = session.state === "in" ? session.account : "";
  const key = `request.${account}.${from ?? ""}`;
  const ready = references.data && (from === null || source.data);
  if (!ready) {
    return <Page title="Request a forward" lead={LEAD}>{from !== null && source.problem ? <Load of={source}>{() => null}</Load> : <Load of={references} lines={12}>{() => null}</Load>}</Page>;
  }
  const items = references.data!.items.filter((each) => each.listed);
  if (items.length === 0) {
    return <Page title="Request a forward" lead={LEAD}><State kind="empty" title="No reference is listed yet." next="As soon as the oracle lists the first one and fixes its price, a forward on it can be requested here." /></Page>;
  }
  const wanted = source.data?.underlying ?? query.get("underlying");
  const named = items.find((each) => each.name === wanted) ?? items[0]!;
  const start = readForm(remembered(key)) ?? (source.data ? formOf(source.data, named.lot) : { ...EMPTY, underlying: named.name });
  return <Writing key={key} place={key} items={items} start={start} draft={query.get("draft")} />;
}

const LEAD = "What you want, and at what price. Nothing is locked and you are not bound before you have approved final terms.";

function Writing(props: { place: string; items: readonly Reference[]; start: Form; draft: string | null }) {
  const { place, items, draft } = props;
  const [form, set] = useState(props.start);
  const [shown, show] = useState(false);
  const [refused, refuse] = useState<Errors>({});
  const [asked, ask] = useState<"submit" | "draft">();
  const write = useWrite();
  const now = useNow(60);
  const reference = items.find((each) => each.name === form.underlying);
  const curve = useGet("/api/market/curve", { query: { underlying: form.underlying }, every: 15, when: reference !== undefined });
  const fixings = useGet("/api/market/fixings", { query: { underlying: form.underlying, limit: 90 }, every: 60, when: reference !== undefined });
  const { errors, body } = check(form, reference, now);
  const told = shown ? { ...refused, ...errors } : refused;
  const change = (more: Partial<Form>) => {
    const next = { ...form, ...more };
    remember(place, next); // at once: a reload may come before the next paint
    set(next);
    refuse({});
    write.clear();
  };

  const hand = (submit: boolean) => {
    show(true);
    if (!body) return focusFirst();
    ask(submit ? "submit" : "draft");
    void write.run(async () => {
      try {
        const given = { ...body, submit };
        const { id } = draft
          ? await send("put", "/api/requests/{id}", { path: { id: draft }, body: given })
          : await send("post", "/api/requests", { body: given });
        drop(place);
        forget("/api/requests");
        navigate(`/requests/${id}`);
      } catch (error) {
        const field = error instanceof Problem && error.field ? fieldOf(error.field, form) : undefined;
        if (field) refuse({ [field]: `${(error as Problem).what} ${(error as Problem).cure}` });
        throw error;
      }
    });
  };

  return (
    <Page title={draft ? "Change a draft" : "Request a forward"} lead={LEAD}>
      <div class="request">
        <form noValidate onSubmit={(event) => { event.preventDefault(); hand(true); }}>
          <Fields form={form} change={change} errors={told} items={items} reference={reference} now={now} />
          <div>
            <Actions>
              <Button type="submit" busy={write.busy && asked === "submit"} doing="Handing it in">Hand it in</Button>
              <Button kind="plain" busy={write.busy && asked === "draft"} doing="Keeping it" onClick={() => hand(false)}>Keep as a draft</Button>
            </Actions>
            <div aria-live="polite">{shown && !body && <p class="field-error">{Object.keys(errors).length === 1 ? "One field needs" : `${Object.keys(errors).length} fields need`} another look before it can be handed in.</p>}</div>
            <Refused problem={write.problem} />
            <p class="hint after">The operator checks it first. You can withdraw it at any time before final terms are sent, and decline those.</p>
          </div>
        </form>
        <Quote form={form} reference={reference} curve={curve} fixings={fixings} />
      </div>
    </Page>
  );
}

function focusFirst(): void {
  // After the errors are drawn.
  setTimeout(() => document.querySelector<HTMLElement>("form [aria-invalid]")?.focus());
}

type FieldsProps = { form: Form; change: (more: Partial<Form>) => void; errors: Errors; items: readonly Reference[]; reference: Reference | undefined; now: number };

function Fields(props: FieldsProps) {
  const { form, change, errors, items, reference } = props;
  return (
    <>
      <Select label="Underlying" value={form.underlying} onChange={(underlying) => change({ underlying })} error={errors.underlying}
        options={items.map((each) => ({ value: each.name, name: each.name }))} hint={reference?.newest && !reference.newest.today ? "Today's fixing is not there yet: terms are made once it is." : undefined} />
      <Choice label="Side" value={form.side} onChange={(side) => change({ side: side as Form["side"] })} options={SIDES} />
      <p class="hint under">{form.side === "long" ? "You receive when the price rises, and pay when it falls: a cover against dearer tokens." : "You receive when the price falls, and pay when it rises: a cover of income from tokens."}</p>
      <Size {...props} />
      <Maturity {...props} />
      <Price {...props} />
      <Choice label="Stands for" value={form.validity} onChange={(validity) => change({ validity: validity as Form["validity"] })} options={VALIDITIES} />
      <p class="hint under">Until <Time at={validUntil(form, props.now)} inline />.{errors.validity && <span class="field-error"> {errors.validity}</span>}</p>
      <TextField label="Contact, for the operator alone" value={form.contact} onInput={(contact) => change({ contact })} error={errors.contact} maxLength={500}
        hint="Optional. Never shown to the other side." />
    </>
  );
}

const SIDES = [{ value: "long", name: "Long" }, { value: "short", name: "Short" }] as const;
const VALIDITIES = [{ value: "1", name: "A day" }, { value: "7", name: "A week" }, { value: "30", name: "30 days" }, { value: "89", name: "89 days" }] as const;
const TENORS = [...["3", "6", "9", "12"].map((value) => ({ value, name: `${value}M` })), { value: "day", name: "A day" }];
const KINDS = [{ value: "point", name: "One day" }, { value: "five", name: "5 days" }, { value: "whole", name: "Whole tenor" }, { value: "other", name: "Other" }];

function Size({ form, change, errors, reference }: FieldsProps) {
  const lot = reference?.lot ?? 0;
  const quantity = quantityOf(form, lot);
  const spot = reference?.newest ? parseMoney(reference.newest.price) : undefined;
  return (
    <TextField label="Size" figure inputMode="numeric" maxLength={7} value={form.lots} onInput={(lots) => change({ lots })} error={errors.lots}
      unit={lot > 0 ? `lots of ${showTokens(lot)}` : "lots"}
      hint={quantity !== undefined && spot !== undefined ? <>{showTokens(quantity)} tokens, <Amount of={value(spot, quantity)} /> at the spot of {showMoney(spot)}</> : undefined} />
  );
}

function Maturity({ form, change, errors, now }: FieldsProps) {
  const day = (ahead: number) => new Date((Math.floor(now / DAY) + ahead) * DAY * 1000).toISOString().slice(0, 10);
  const choose = (tenor: string) => change({
    tenor: tenor as Form["tenor"],
    ...(tenor === "day" && !form.day ? { day: day(183) } : {}),
    ...(tenor === "day" && form.kind === "whole" ? { kind: "five" } : {}),
  });
  return (
    <>
      <Choice label="Maturity" value={form.tenor} onChange={choose} options={TENORS} />
      {form.tenor === "day"
        ? (
          <Field label="Maturity day, 00:00 UTC" error={errors.day} hint={`${NEAREST} to ${FURTHEST} days ahead. A request with a tenor finds a match more easily.`}>
            {(wiring) => <span class="input"><input {...wiring} type="date" value={form.day} min={day(NEAREST)} max={day(FURTHEST)} onInput={(event) => change({ day: event.currentTarget.value })} /></span>}
          </Field>
        )
        : <p class="hint under">{form.tenor} calendar months after the day of the final terms, 00:00 UTC.</p>}
      {errors.tenor && <p class="field-error">{errors.tenor}</p>}
      <Choice label="Settles on the fixing of" value={form.kind} onChange={(kind) => change({ kind: kind as Form["kind"] })} options={form.tenor === "day" ? KINDS.filter((each) => each.value !== "whole") : KINDS} />
      <p class="hint under">{ABOUT[form.kind]}</p>
      {errors.kind && <p class="field-error">{errors.kind}</p>}
      {form.kind === "other" && <TextField label="Averaging days" figure inputMode="numeric" maxLength={3} value={form.days} onInput={(days) => change({ days })} error={errors.days} unit="days" hint="The last ones up to the maturity day." />}
    </>
  );
}

const ABOUT: Readonly<Record<Form["kind"], string>> = {
  point: "That of the maturity day alone.",
  five: "The mean of the last 5 days: a promotion of one evening counts for a fifth.",
  whole: "The mean of every day, as even use is billed. Such terms can be booked on the day that they are sent only: where a Safe needs days to approve, choose Other and leave 3 days out.",
  other: "The mean of as many of the last days as you write.",
};
const PRICES = [{ value: "indicative", name: "At indicative" }, { value: "limit", name: "My limit" }] as const;

function Price({ form, change, errors }: FieldsProps) {
  return (
    <>
      <Choice label="Price" value={form.price} onChange={(price) => change({ price: price as Form["price"] })} options={PRICES} />
      {form.price === "limit"
        ? <TextField label="Limit price" figure inputMode="decimal" maxLength={14} value={form.limit} onInput={(limit) => change({ limit })} error={errors.limit} unit="USDT per 1M" hint={form.side === "long" ? "The most that you agree to. You may get a lower one: the middle between both sides' limits." : "The least that you agree to. You may get a higher one: the middle between both sides' limits."} />
        : <p class="hint under">The desk's indicative price on the day of the match.</p>}
    </>
  );
}
