// What the shell tells the page before it asks for anything: public, the same for everybody but `session`.

export type Address = `0x${string}`;

/** The shell's data block, as `otc_desk/web/page.py` writes it. */
export type Facts = {
  /** The deployment's name. */
  network: string;
  chainId: number;
  /** ForwardEscrow, checksummed. */
  escrow: Address;
  /** The token that prefundings are paid in, checksummed. */
  usdt: Address;
  /** FixingOracle, checksummed. */
  oracle: Address;
  /** Who owns escrow and oracle, checksummed. */
  timelock: Address;
  /** Host and port that participants sign in to. */
  domain: string;
  /** The desk's URL, as its sign-in message names it. */
  url: string;
  /** The desk's time when the shell was made, unix seconds UTC. */
  now: number;
  /** Whether this is a sandbox: `/api/sandbox` is there, time passes by command, nothing has a value. */
  sandbox: boolean;
  /** Endpoints that a wallet may be told when it does not know the chain; none on a public one. */
  rpcUrls: readonly string[];
  /** SHA-256 of all scripts, joined in the order of their names; hexadecimal, computed by the server from what it serves. */
  bundle: string;
  /** The files of each page that comes later: their paths and hashes. */
  scripts: Readonly<Record<string, readonly (readonly [url: string, integrity: string])[]>>;
  /** No event of the contracts is older than this block. */
  block: number;
  /** "If we vanish" as one file: its path on the desk and the SHA-256 of what comes from there. */
  saved: { readonly url: string; readonly sha256: string };
  /** Path of the licences of what is built into the script. */
  licences: string;
  /** Whether the browser sent a session's cookie, which no script can see. */
  session: boolean;
};

function read(): Facts {
  const found = globalThis.document?.getElementById("facts")?.textContent;
  if (!found) throw new Error("the shell carries no facts");
  return JSON.parse(found) as Facts;
}

let known: Facts | undefined;

/** Take these for the shell's: a page that was saved as a file has no shell. */
export function provide(found: Facts): void {
  known = found;
}

/** The facts of the shell that this page was loaded with. */
export function facts(): Facts {
  return (known ??= read());
}
