// Buttons and links that do something. One primary button a page: what the reader most likely came for.
import type { ComponentChildren } from "preact";

type Look = "primary" | "plain" | "quiet" | "danger";

/** `busy` shows that it is under way and takes no second click; `why` says, beside a disabled one, what is missing. */
export function Button(props: {
  onClick?: () => void;
  kind?: Look;
  type?: "button" | "submit";
  busy?: boolean | undefined;
  /** What is shown while it is under way, such as "Waiting for your wallet". */
  doing?: string;
  disabled?: boolean;
  why?: string;
  children: ComponentChildren;
}) {
  const off = props.disabled || props.busy;
  return (
    <span class="button-place">
      <button
        type={props.type ?? "button"}
        class={`button ${props.kind ?? "primary"}`}
        onClick={() => !off && props.onClick?.()}
        // Not `disabled`: the focus would be lost, and nobody would hear why.
        aria-disabled={off ? "true" : undefined}
        aria-busy={props.busy ? "true" : undefined}
      >
        {props.busy && <span class="spin" aria-hidden="true" />}
        {props.busy ? props.doing ?? props.children : props.children}
      </button>
      <span class="hint" aria-live="polite">{props.disabled && props.why}</span>
    </span>
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: { href: string; kind?: Look; download?: string; children: ComponentChildren }) {
  return <a class={`button ${props.kind ?? "primary"}`} href={props.href} download={props.download}>{props.children}</a>;
}

/** Buttons beside each other, the most important one first. */
export function Actions(props: { children: ComponentChildren }) {
  return <div class="actions">{props.children}</div>;
}
