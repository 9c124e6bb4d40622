// Form fields: label above, hint and error below, joined to the input for screen readers.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

type Common = {
  label: string;
  /** What to write, in what unit. */
  hint?: ComponentChildren;
  /** Why it cannot be taken, in words with a cure. */
  error?: string | undefined;
};

type Wiring = { id: string; "aria-describedby"?: string; "aria-invalid"?: "true" };

/** A label and whatever is filled in: `children` gets the attributes that its input must carry. */
export function Field(props: Common & { children: (wiring: Wiring) => ComponentChildren }) {
  const id = useId();
  const described = [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(" ");
  const wiring: Wiring = { id };
  if (described) wiring["aria-describedby"] = described;
  if (props.error) wiring["aria-invalid"] = "true";
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(wiring)}
      {props.hint && <p class="hint" id={`${id}-hint`}>{props.hint}</p>}
      {props.error && <p class="field-error" id={`${id}-error`}>{props.error}</p>}
    </div>
  );
}

/** One line of text. `unit` stands inside at the right; `figure` sets tabular figures. */
export function TextField(props: Common & {
  value: string;
  onInput: (value: string) => void;
  unit?: string;
  figure?: boolean;
  inputMode?: "decimal" | "numeric" | "email" | "url" | "text";
  autocomplete?: string;
  placeholder?: string;
  maxLength?: number;
  name?: string;
}) {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(wiring) => (
        <span class={props.unit ? "input with-unit" : "input"}>
          <input
            {...wiring}
            type="text"
            name={props.name}
            class={props.figure ? "figure" : undefined}
            value={props.value}
            inputMode={props.inputMode}
            autocomplete={props.autocomplete ?? "off"}
            spellcheck={false}
            placeholder={props.placeholder}
            maxLength={props.maxLength}
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
          {props.unit && <span class="input-unit" aria-hidden="true">{props.unit}</span>}
        </span>
      )}
    </Field>
  );
}

/** Several lines of text, such as a signature that is pasted. */
export function TextArea(props: Common & { value: string; onInput: (value: string) => void; rows?: number; code?: boolean }) {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(wiring) => (
        <textarea
          {...wiring}
          class={props.code ? "code" : undefined}
          rows={props.rows ?? 4}
          value={props.value}
          spellcheck={false}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export type Option = { value: string; name: string };

/** A list to choose from. */
export function Select(props: Common & { value: string; onChange: (value: string) => void; options: readonly Option[] }) {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(wiring) => (
        <span class="input select">
          <select {...wiring} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
            {props.options.map((each) => <option key={each.value} value={each.value}>{each.name}</option>)}
          </select>
        </span>
      )}
    </Field>
  );
}

/** Few choices beside each other: radio buttons that look like one bar. */
export function Choice(props: { label: string; value: string; onChange: (value: string) => void; options: readonly Option[]; small?: boolean }) {
  const id = useId();
  return (
    <fieldset class={props.small ? "choice small" : "choice"}>
      <legend class={props.small ? "unseen" : undefined}>{props.label}</legend>
      <div class="choice-bar">
        {props.options.map((each) => (
          <label key={each.value}>
            <input type="radio" name={id} value={each.value} checked={each.value === props.value} onChange={() => props.onChange(each.value)} />
            <span>{each.name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A yes or no, such as a warning that was understood. */
export function Check(props: { label: ComponentChildren; checked: boolean; onChange: (checked: boolean) => void; hint?: ComponentChildren }) {
  const id = useId();
  return (
    <div class="check">
      <input id={id} type="checkbox" checked={props.checked} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      <label for={id}>{props.label}</label>
      {props.hint && <p class="hint">{props.hint}</p>}
    </div>
  );
}
