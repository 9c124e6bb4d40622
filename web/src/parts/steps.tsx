// A way with several steps: what is done, where one is, what comes. Progress is read out.
import type { ComponentChildren } from "preact";

export type StepState = "done" | "now" | "later" | "failed";
export type Step = { name: string; state: StepState; note?: ComponentChildren; body?: ComponentChildren };

const SAID: Record<StepState, string> = { done: "done", now: "now", later: "to come", failed: "failed" };

/** `body` of a step is shown under it: a button, a problem. `label` names the whole way. */
export function Steps(props: { label: string; steps: readonly Step[] }) {
  return (
    <ol class="steps" aria-label={props.label}>
      {props.steps.map((each, index) => (
        <li key={each.name} class={each.state} aria-current={each.state === "now" ? "step" : undefined}>
          <span class="step-mark" aria-hidden="true">{each.state === "done" ? "✓" : each.state === "failed" ? "!" : index + 1}</span>
          <div>
            <p class="step-name">{each.name}<span class="unseen">, {SAID[each.state]}</span></p>
            {each.note && <p class="hint" aria-live="polite">{each.note}</p>}
            {each.body}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** How far a count has come: `of` is 100%. `label` is read out; `done` colours it as reached. */
export function Progress(props: { label: string; value: number; of: number }) {
  return <progress class="progress" aria-label={props.label} max={props.of} value={Math.min(props.value, props.of)} />;
}
