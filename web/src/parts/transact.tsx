// One transaction by the wallet: tried out, confirmed there, followed to its end, also across a reload of the page.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWrite } from "../api/use.ts";
import { type Fate, watch } from "../chain/tracking.ts";
import { type Intent, recordOf, send, type Sent } from "../chain/transactions.ts";
import type { Connection } from "../chain/wallet.ts";
import { Button } from "./button.tsx";
import { Copy, shortened } from "./show.tsx";
import { Refused } from "./state.tsx";

type Props = {
  connection: Connection;
  intent: Intent;
  /** On the button, such as "Settle". */
  children: ComponentChildren;
  kind?: "primary" | "plain";
  /** What is missing before it can be sent. */
  why?: string | undefined;
  /** What to say once it is in a block. */
  done: ComponentChildren;
  /** Called once, when it is in a block and was not refused. */
  onDone: () => void;
};

export function Transact(props: Props) {
  const { connection, intent } = props;
  const { request } = connection.wallet.provider;
  const write = useWrite();
  const [record, follow] = useState<Sent | null>(() => {
    const found = recordOf(intent);
    return found?.over === null ? found : null;
  });
  const [fate, setFate] = useState<Fate>();
  const done = useRef(props.onDone);
  done.current = props.onDone;

  useEffect(() => {
    if (!record) return;
    const stop = new AbortController();
    let told = false;
    const onChange = (found: Fate) => {
      setFate(found);
      if (found.state === "confirmed" && !told) {
        told = true;
        done.current();
      }
    };
    void watch(request, record, { onChange, signal: stop.signal, untilFinal: true });
    return () => stop.abort();
  }, [record?.at, record?.hash, request]);

  const begin = (again: boolean) => void write.run(async () => {
    const sent = await send(request, intent, { again });
    if (sent.ok) {
      setFate(undefined);
      follow(sent.value);
    }
    return sent;
  });
  const stuck = fate?.state === "asked" || fate?.state === "dropped" || fate?.state === "unknown";
  const waits = record && !stuck && (!fate || fate.state === "pending");
  const over = fate?.state === "confirmed";
  return (
    <div class="transact">
      {!over && (
        <Button kind={props.kind ?? "primary"} busy={write.busy || Boolean(waits)} doing={waits ? "On its way" : "Confirm it in your wallet"}
          disabled={props.why !== undefined} {...(props.why === undefined ? {} : { why: props.why })} onClick={() => begin(Boolean(stuck))}>
          {stuck ? "Ask the wallet again" : props.children}
        </Button>
      )}
      <div role="status">{record && <Progressed fate={fate} record={record} done={props.done} />}</div>
      <Refused problem={write.problem ?? (fate && "problem" in fate && !write.busy ? fate.problem : undefined)} />
    </div>
  );
}

function Progressed(props: { fate: Fate | undefined; record: Sent; done: ComponentChildren }) {
  const { fate, record } = props;
  const hash = fate && "hash" in fate ? fate.hash : record.hash;
  if (fate?.state === "asked") {
    return <p class="hint">Your wallet was asked before, and this page has not heard its answer. Confirm or decline it there; if it shows nothing, ask again.</p>;
  }
  return (
    <>
      {fate?.state === "confirmed" && <p class="done">{props.done} {fate.final ? "It is final." : "The chain makes it final within minutes."}</p>}
      {(!fate || fate.state === "pending") && <p class="hint">Sent; it waits for a block. You can close this page: it is found again.</p>}
      {hash && <p class="hint">Transaction <code title={hash}>{shortened(hash)}</code><Copy text={hash} what="transaction" /></p>}
    </>
  );
}
