// A dialog of the browser's own kind: focus stays inside, Escape closes it, and it returns to where it came from.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

/** `open` governs; `onClose` is called however it is closed. */
export function Dialog(props: { open: boolean; title: string; onClose: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (props.open) element.current?.showModal();
    else element.current?.close();
  }, [props.open]);
  return (
    <dialog ref={element} class="dialog" aria-labelledby={id} onClose={props.onClose}>
      <div class="dialog-head">
        <h2 id={id}>{props.title}</h2>
        <button type="button" class="copy" aria-label="Close" onClick={props.onClose}>
          <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M3 3l10 10M13 3L3 13" /></svg>
        </button>
      </div>
      {props.open && props.children}
    </dialog>
  );
}

/** Something to know before going on. Tones: `plain`, `wait` for a warning. */
export function Notice(props: { tone?: "plain" | "wait"; title?: string; children: ComponentChildren }) {
  return (
    <div class={`notice ${props.tone ?? "plain"}`}>
      {props.title && <p class="notice-title">{props.title}</p>}
      {props.children}
    </div>
  );
}

/** More for whoever asks: closed at first. */
export function More(props: { title: string; children: ComponentChildren }) {
  return <details class="more"><summary>{props.title}</summary><div>{props.children}</div></details>;
}
