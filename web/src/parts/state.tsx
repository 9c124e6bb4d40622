// What stands where something is missing, on its way, over or wrong: what it is, and always what happens next.
import type { ComponentChildren } from "preact";
import type { Loaded, Said } from "../api/use.ts";
import type { Problem } from "../api/problem.ts";
import { Button } from "./button.tsx";

export type StateKind = "empty" | "waiting" | "done" | "expired" | "error";

/** `title` says what is; `next` what happens next or what to do; `action` a button or link. */
export function State(props: { kind: StateKind; title: ComponentChildren; next: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class={`state ${props.kind}`} role={props.kind === "error" ? "alert" : props.kind === "waiting" ? "status" : undefined}>
      <p class="state-title">{props.title}</p>
      <p class="state-next">{props.next}</p>
      {props.action && <div class="state-action">{props.action}</div>}
    </div>
  );
}

/** A problem in words, with its cure. `retry` is offered where asking again can help. */
export function ProblemState(props: { problem: Problem; retry?: () => void }) {
  const { problem } = props;
  const cure = problem.cure || (problem.again ? "The page tries again by itself." : "Load the page again, or tell the desk's operator.");
  return (
    <State
      kind="error"
      title={problem.what}
      next={cure}
      action={props.retry && problem.kind !== "signed-out" && <Button kind="plain" onClick={props.retry}>Try again</Button>}
    />
  );
}

/** Why a write was not done, beside its button: read out at once. */
export function Refused(props: { problem: Said | undefined }) {
  return (
    <div aria-live="assertive">
      {/* Who said no in the wallet did nothing wrong. */}
      {props.problem && <p class={props.problem.kind === "rejected" ? "refusal calm" : "refusal"}><b>{props.problem.what}</b> {props.problem.cure}</p>}
    </div>
  );
}

/**
 * An answer of the desk: room for it while it comes, its problem, or itself. `lines` reserves the room of so many lines
 * of text, `tall` that of a chart, so that nothing moves when it is there.
 */
export function Load<T>(props: { of: Loaded<T>; lines?: number; tall?: boolean; children: (data: T) => ComponentChildren }) {
  const { data, problem, reload } = props.of;
  if (data !== undefined) return <>{props.children(data)}</>;
  if (problem) return <ProblemState problem={problem} retry={reload} />;
  return <Room lines={props.lines ?? 3} tall={props.tall ?? false} />;
}

/** Room for what is on its way. */
export function Room(props: { lines: number; tall?: boolean }) {
  if (props.tall) return <div class="room tall" aria-busy="true"><span class="unseen">Loading</span></div>;
  return (
    <div class="room" aria-busy="true">
      <span class="unseen">Loading</span>
      {Array.from({ length: props.lines }, (_, index) => <div class="room-line" key={index} />)}
    </div>
  );
}
