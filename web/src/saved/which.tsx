// Which contracts, where the file was not made for some: their deployment file, or its values by hand.
import { useState } from "preact/hooks";
import { useWrite } from "../api/use.ts";
import { attempt } from "../chain/problem.ts";
import { Button } from "../parts/button.tsx";
import { More } from "../parts/dialog.tsx";
import { Field, TextField } from "../parts/form.tsx";
import { Section } from "../parts/page.tsx";
import { Refused } from "../parts/state.tsx";
import { type Place, readFile, readPlace } from "../pages/vanish/where.ts";

const FIELDS = [
  ["chain_id", "Chain id", "1 is Ethereum's main chain."],
  ["escrow", "Escrow", "The contract that your confirmation names: it holds the money."],
  ["token", "USDT", "The token's address on that chain."],
  ["oracle", "Oracle", "The contract with the fixings."],
  ["block", "First block", "Where the search for your forwards begins; empty: at the chain's first, which takes longer."],
] as const;

export function WhichContracts(props: { onPlace: (place: Place) => void }) {
  const [typed, type] = useState<Readonly<Record<string, string>>>({});
  const write = useWrite();
  const take = (work: () => Promise<Place>) => void write.run(() => attempt(async () => props.onPlace(await work())));
  return (
    <Section title="Which contracts?" note="This file was made for none in particular">
      <div class="stack">
        <Field label="The deployment file" hint="deployments/<network>.toml, from your desk or from the project's releases. It stays on this computer.">
          {(wiring) => <input {...wiring} type="file" accept=".toml,text/plain" onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) take(async () => readFile(await file.text()));
          }} />}
        </Field>
        <Refused problem={write.problem} />
      </div>
      <More title="Or write the addresses">
        <form class="stack" onSubmit={(event) => { event.preventDefault(); take(async () => readPlace(typed)); }}>
          {FIELDS.map(([name, label, hint]) => <TextField key={name} label={label} hint={hint} figure value={typed[name] ?? ""} onInput={(text) => type({ ...typed, [name]: text.trim() })} />)}
          <Button type="submit">Use these</Button>
        </form>
      </More>
    </Section>
  );
}
