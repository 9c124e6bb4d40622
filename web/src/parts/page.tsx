// A page's frame: its title, its heading that takes the focus when one navigates to it, and sections.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { usePlace } from "../router.ts";

/** One page. `title` is heading and window title; `lead` a sentence under it; `aside` stands right of the heading. */
export function Page(props: {
  title: string;
  lead?: ComponentChildren;
  aside?: ComponentChildren;
  /** Only forms and reading matter: a column of a comfortable width. */
  narrow?: boolean;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { visit } = usePlace();
  useEffect(() => {
    document.title = `${props.title} · IFX`;
  }, [props.title]);
  useEffect(() => {
    // Not on loading: the browser begins at the top by itself.
    if (visit > 0) heading.current?.focus({ preventScroll: true });
  }, [visit]);
  return (
    <div class={props.narrow ? "sheet narrow" : "sheet"}>
      <div class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>{props.title}</h1>
          {props.lead && <p class="lead">{props.lead}</p>}
        </div>
        {props.aside && <div class="page-aside">{props.aside}</div>}
      </div>
      {props.children}
    </div>
  );
}

/** A part of a page under a heading of its own. `note` stands right of it, small. `id` makes it a place to link to. */
export function Section(props: { title: string; id?: string; note?: ComponentChildren; children: ComponentChildren }) {
  const id = props.id ?? `s-${props.title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
  return (
    <section class="section" aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{props.title}</h2>
        {props.note && <p class="section-note">{props.note}</p>}
      </div>
      {props.children}
    </section>
  );
}

/** Sections side by side where there is room. */
export function Columns(props: { children: ComponentChildren }) {
  return <div class="columns">{props.children}</div>;
}
