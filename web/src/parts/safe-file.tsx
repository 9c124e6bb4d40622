// A file for Safe's Transaction Builder, with what its owners must know before they load it.
import type { Call } from "../chain/contract.ts";
import { batchFile } from "../chain/safe.ts";
import { facts } from "../facts.ts";
import { now } from "../time.ts";
import { Button } from "./button.tsx";

/** `name` and `description` are shown by the builder; `file` is the file's name without its ending; `why` says what is missing. */
export type SafeFileProps = { calls: readonly Call[]; name: string; description: string; file: string; why?: string | undefined };

export function SafeFile(props: SafeFileProps) {
  const { calls, name, description, file, why } = props;
  const save = () => saveFile(`${file}.json`, batchFile(calls, { chainId: facts().chainId, createdAt: now(), name, description }));
  return (
    <div class="stack">
      <p>Download the file and load it in Safe's Transaction Builder. Owners sign and execute it there as any other transaction; the desk notices it by itself once it is mined.</p>
      <Button kind="plain" onClick={save} disabled={why !== undefined} {...(why === undefined ? {} : { why })}>Download for the Transaction Builder</Button>
    </div>
  );
}

/** Have the browser save a text under a name. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
