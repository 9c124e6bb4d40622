// What the desk has told on this page, newest first.
import { useState } from "preact/hooks";
import { useGet } from "../../api/use.ts";
import type { Schema } from "../../api/types.ts";
import { Button } from "../../parts/button.tsx";
import { Section } from "../../parts/page.tsx";
import { Time } from "../../parts/show.tsx";
import { Load, State } from "../../parts/state.tsx";

type Notice = Schema<"NoticeOut">;

export function useNotices() {
  return useGet("/api/notices", { query: { limit: 100 }, every: 20 });
}

export function Notices(props: { of: ReturnType<typeof useNotices> }) {
  const [shown, show] = useState(8);
  return (
    <Section title="Notices" note={<>The same go where <a href="/profile">your profile</a> says</>}>
      <Load of={props.of} lines={4}>
        {({ items }) => {
          const told = items.filter((each) => each.channel === "page");
          if (told.length === 0) return <State kind="empty" title="The desk has told you nothing yet." next="A notice comes when a request is checked, matched, rejected or booked, and before a deadline passes." />;
          return (
            <>
              <ul class="items" aria-label="Notices">
                {told.slice(0, shown).map((each) => (
                  <li key={each.id}>
                    <p class="item-head"><bdi class="item-title">{each.title}</bdi><span class="hint"><Time at={each.created_at} inline /></span></p>
                    <p class="item-next"><bdi>{each.text}</bdi> {each.next}</p>
                    <Where of={each} />
                  </li>
                ))}
              </ul>
              {told.length > shown && <p class="more-button"><Button kind="plain" onClick={() => show(shown + 20)}>Show older notices</Button></p>}
            </>
          );
        }}
      </Load>
    </Section>
  );
}

function Where(props: { of: Notice }) {
  const { agreement, forward, request, type } = props.of;
  if (agreement && !type.startsWith("forward.")) return <a href={`/agreements/${agreement}`}>To the agreement</a>;
  if (forward) return <a href={`/positions/${forward}`}>To the position</a>;
  return request ? <a href={`/requests/${request}`}>To the request</a> : null;
}
