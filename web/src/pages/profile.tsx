// What the desk knows of the one who is signed in: the name that the other side reads, and where notices go.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { get, write as send } from "../api/client.ts";
import type { Schema } from "../api/types.ts";
import { forget, useGet, useWrite } from "../api/use.ts";
import { Actions, Button } from "../parts/button.tsx";
import { Notice } from "../parts/dialog.tsx";
import { TextField } from "../parts/form.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Address, Copy, Facts, Time } from "../parts/show.tsx";
import { Load, Refused } from "../parts/state.tsx";

type Profile = Schema<"ProfileOut">;

export function ProfilePage() {
  const found = useGet("/api/participants/me");
  return (
    <Page title="Your profile" narrow lead="The name goes into final terms and confirmations. The rest is for notices, and nobody else reads it.">
      <Load of={found} lines={10}>{(profile) => <Edit key={profile.account} start={profile} reload={found.reload} />}</Load>
    </Page>
  );
}

function Edit(props: { start: Profile; reload: () => void }) {
  const { start } = props;
  const [form, set] = useState({ name: start.name, email: start.email, webhook: start.webhook, zone: start.zone });
  const [saved, setSaved] = useState(false);
  const write = useWrite();
  const change = (more: Partial<typeof form>) => {
    set({ ...form, ...more });
    setSaved(false);
    write.clear();
  };
  const save = () => void write.run(async () => {
    await send("put", "/api/participants/me", { body: form });
    forget("/api/participants");
    props.reload();
  }).then(setSaved);
  return (
    <>
      <form noValidate class="stack" onSubmit={(event) => { event.preventDefault(); save(); }}>
        <TextField label="Legal name" value={form.name} onInput={(name) => change({ name })} maxLength={200} autocomplete="organization" hint="As it is to stand in a confirmation. The other side reads it with final terms, not before." />
        <TextField label="E-mail for notices" value={form.email} onInput={(email) => change({ email })} maxLength={320} inputMode="email" autocomplete="email" hint={mailHint(start, form.email)} />
        <TextField label="Webhook for notices" value={form.webhook} onInput={(webhook) => change({ webhook })} maxLength={2000} inputMode="url" placeholder="https://" hint="Each notice is posted there, signed as Standard Webhooks has it. A new address gets a new secret." />
        <TextField label="Time zone" value={form.zone} onInput={(zone) => change({ zone })} maxLength={64} placeholder="Europe/Berlin" hint={`Written beside UTC in notices and documents. Yours is ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`} />
        <Actions><Button type="submit" busy={write.busy} doing="Saving">Save</Button></Actions>
        <div role="status">{saved && <p class="hint">{waits(start) ? "Saved. A code is on its way to your e-mail address." : "Saved. Notices go there from now on."}</p>}</div>
        <Refused problem={write.problem} />
      </form>
      {waits(start) && form.email === start.email && <Confirm key={start.email} email={start.email} reload={props.reload} />}
      {start.webhook_off_at !== null && <WebhookOff since={start.webhook_off_at} reload={props.reload} />}
      <Section title="What the desk keeps">
        <Facts items={[
          ["Account", <Address of={start.account} whole />],
          start.webhook_secret !== "" && ["Webhook secret", <><code class="wrap">{start.webhook_secret}</code> <Copy text={start.webhook_secret} what="webhook secret" /></>, "to check the signature of what is posted; keep it to yourself"],
          ["First sign-in", <Time at={start.created_at} />],
        ]} />
      </Section>
    </>
  );
}

const waits = (profile: Profile): boolean => profile.email !== "" && profile.email_confirmed_at === null;

function mailHint(profile: Profile, written: string): ComponentChildren {
  if (written === "") return "Empty: none are sent.";
  if (written !== profile.email) return "A code is mailed there, and nothing else until you write it here. The address before is told that it is out.";
  return profile.email_confirmed_at === null ? "Not confirmed yet: nothing but the code is mailed there." : <>Confirmed <Time at={profile.email_confirmed_at} inline />. Notices go there.</>;
}

/** The code that was mailed, or another one. */
function Confirm(props: { email: string; reload: () => void }) {
  const [code, setCode] = useState("");
  const [again, setAgain] = useState(false);
  const write = useWrite();
  const resend = useWrite();
  const confirm = () => void write.run(async () => {
    await send("post", "/api/participants/me/email/confirm", { body: { code } });
    forget("/api/participants");
    props.reload();
  });
  const sendAgain = () => {
    write.clear();
    void resend.run(() => send("post", "/api/participants/me/email/code", {})).then(setAgain);
  };
  return (
    <Notice tone="wait" title="Your e-mail address waits for its code">
      <p>It goes to {props.email} by mail and holds for an hour. Until you write it here, your notices stand on the desk's page and go to your webhook alone.</p>
      <form noValidate class="stack" onSubmit={(event) => { event.preventDefault(); confirm(); }}>
        <TextField label="Code" value={code} onInput={(value) => { setCode(value); write.clear(); }} maxLength={40} autocomplete="one-time-code" placeholder="XXXX-XXXX-XXXX" />
        <Actions>
          <Button type="submit" busy={write.busy} doing="Confirming" disabled={code.trim() === ""}>Confirm the address</Button>
          <Button kind="plain" busy={resend.busy} doing="Asking" onClick={sendAgain}>Send another code</Button>
        </Actions>
      </form>
      <div role="status">{again && <p class="hint">Another code is on its way; the one before no longer counts. A mail can take some minutes.</p>}</div>
      <Refused problem={write.problem} />
      <Refused problem={resend.problem} />
    </Notice>
  );
}

/** Replaying a notice switches it on again. */
function WebhookOff(props: { since: number; reload: () => void }) {
  const write = useWrite();
  const again = () => void write.run(async () => {
    const { items } = await get("/api/notices", { query: { limit: 100 } });
    const last = items.find((each) => each.channel === "webhook");
    if (last) await send("post", "/api/notices/{id}/replay", { path: { id: last.id } });
    props.reload();
  });
  return (
    <Notice tone="wait" title="The webhook is off">
      <p>It failed for days, so nothing is posted since <Time at={props.since} inline />. Once it answers again, have the last notice sent once more, and it is on.</p>
      <Actions><Button kind="plain" busy={write.busy} onClick={again}>Send the last notice again</Button></Actions>
      <Refused problem={write.problem} />
    </Notice>
  );
}
