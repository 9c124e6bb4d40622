// The window of a sandbox wallet: what is to be signed, whole, and a yes or a no.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Confirm } from "./wallet.ts";

type Asked = Parameters<Confirm>[0];
type Waiting = { asked: Asked; answer: (yes: boolean) => void };

const WORDS: Record<string, string> = {
  personal_sign: "sign a text",
  eth_signTypedData_v4: "sign a message",
  eth_sendTransaction: "send a transaction",
};
const waiting: Waiting[] = [];
let changed: () => void = () => undefined;

/** Ask the visitor; one after the other. */
export const confirm: Confirm = (asked) =>
  new Promise((answer) => {
    waiting.push({ asked, answer });
    changed();
  });

export function Windows() {
  const [, draw] = useState<unknown>();
  const element = useRef<HTMLDialogElement>(null);
  changed = () => draw({});
  const first = waiting[0];
  useEffect(() => {
    if (first !== undefined && !element.current?.open) element.current?.showModal();
    if (first === undefined) element.current?.close();
  }, [first]);
  const say = (yes: boolean) => {
    waiting.shift()?.answer(yes);
    draw({});
  };
  return (
    <dialog ref={element} class="dialog sandbox-window" aria-labelledby="sandbox-asks" onCancel={(event) => { event.preventDefault(); say(false); }}>
      {first !== undefined && (
        <>
          <h2 id="sandbox-asks">Sandbox wallet: {first.asked.account.name}</h2>
          <p>The page asks you to {WORDS[first.asked.method]}.</p>
          <pre tabIndex={0} aria-label="What is asked">{shown(first.asked)}</pre>
          <div class="actions">
            <button type="button" class="button primary" onClick={() => say(true)}>Confirm</button>
            <button type="button" class="button plain" onClick={() => say(false)}>Reject</button>
          </div>
        </>
      )}
    </dialog>
  );
}

function shown({ method, params }: Asked): string {
  if (method === "personal_sign") return text(String(params[0]));
  const found = method === "eth_signTypedData_v4" ? params[1] : params[0];
  const payload: unknown = typeof found === "string" ? JSON.parse(found) : found;
  const { types: _, ...rest } = payload as { types?: unknown };
  return JSON.stringify(rest, null, 2);
}

function text(hex: string): string {
  const bytes = hex.slice(2).match(/../g) ?? [];
  return new TextDecoder().decode(Uint8Array.from(bytes, (each) => parseInt(each, 16)));
}
