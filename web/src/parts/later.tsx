// A page whose script comes when it is first opened, and only with the hash that the shell names.
import type { ComponentType } from "preact";
import { useEffect, useReducer, useState } from "preact/hooks";
import { facts } from "../facts.ts";
import { Button } from "./button.tsx";
import { Page } from "./page.tsx";
import { Room, State } from "./state.tsx";

/**
 * `name` is the file under `pages/`, without its ending, as `otc_desk/web/static/scripts.json` has it; with a slash in it
 * a part of a page, such as what only a Safe needs.
 */
export function later<P extends object>(name: string, load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let Found: ComponentType<P> | undefined;
  return function Later(props: P) {
    const [, draw] = useReducer((count: number, _: void) => count + 1, 0);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (Found) return;
      pin(name);
      load().then((page) => { Found = page; draw(); }, () => fail(true));
    }, []);
    if (Found) return <Found {...props} />;
    if (name.includes("/")) return failed ? <Missing /> : <Room lines={4} />;
    return failed ? <Page title="This page did not come" narrow><Missing /></Page> : <div class="sheet"><Room lines={8} /></div>;
  };
}

function Missing() {
  return (
    <State
      kind="error"
      title="A part of the page could not be loaded, or is not the one that the desk names."
      next="The desk may be away, or newer than this page. Load the page again; nothing that you did is lost."
      action={<Button onClick={() => location.reload()}>Load the page again</Button>}
    />
  );
}

const pinned = new Set<string>();

/** Ask for a page's files with their hashes first: `import` then takes exactly those, or fails. */
function pin(name: string): void {
  for (const [url, integrity] of facts().scripts[name] ?? []) {
    if (pinned.has(url)) continue;
    pinned.add(url);
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = url;
    link.integrity = integrity;
    document.head.append(link);
  }
}
