"""Write what the desk's page takes from the contracts and the SDK: `web/src/chain/abi.ts` and `reverts.ts`.

    python scripts/export_page.py            write them
    python scripts/export_page.py --check    write nothing, exit 1 and name the stale ones

The page carries the entries that it calls or reads, and the refusals that its users can meet, with their cures.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from ifx_sdk.artifacts import artifact
from ifx_sdk.errors import REVERTS, BadTerms

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "web" / "src" / "chain"
ENTRIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ESCROW": (
        "ForwardEscrow",
        (
            "deposit",
            "withdraw",
            "approve_terms",
            "revoke_terms",
            "approve_termination",
            "revoke_termination",
            "terminate",
            "approve_novation",
            "revoke_novation",
            "novate",
            "settle",
            "settle_many",
            "forward",
            "terms_hash",
            "termination_hash",
            "novation_hash",
            "payouts",
            "balance_of",
            "is_settleable",
            "is_approved",
            "has_left",
            "paused_until",
            "token",
            "oracle",
            "ForwardBooked",
            "ForwardSettled",
            "ForwardsSettled",
            "ForwardTerminated",
            "ForwardNovated",
        ),
    ),
    "ORACLE": ("FixingOracle", ("settlement_price", "fixing", "latest", "underlying")),
    "TOKEN": ("TestUSDT", ("approve", "balanceOf", "allowance", "decimals")),
}
"""Constant of the page -> contract, and its functions and events that the page uses."""
CONTRACTS = ("escrow: ", "ledger: ", "usdt: ")
"""Whose refusals a user of the page can meet."""
OTHERS = frozenset(
    """
    escrow: not the desk | escrow: booking is paused | escrow: not the guardian | escrow: pause not re-armed yet |
    escrow: bad lot | escrow: oracle does not know it | escrow: nothing to delist | escrow: bad fee recipient |
    escrow: oracle is no contract | escrow: no fee recipient | escrow: no owner | escrow: bad account |
    ledger: token decimals are not 6 | usdt: account is not blacklisted | usdt: fee too high |
    usdt: maximum fee too high | usdt: caller is not the owner
    """.replace("\n    ", " ")
    .strip()
    .split(" | ")
)
"""Refusals of calls that the page never makes: booking, roles, deployment, the token's owner."""
_COMMAND = re.compile(r":? `ifx[^`]*`")


def abi_text() -> str:
    """The text of `abi.ts`: selectors and topics are hashed here, so that the page carries no parser of signatures."""
    lines = [
        "// Made by scripts/export_page.py from the packaged ABIs: what the page calls and reads, already hashed.",
        "",
    ]
    for constant, (contract, names) in ENTRIES.items():
        entries = {entry["name"]: entry for entry in artifact(contract).abi if entry.get("name") in names}
        lines.append(f"/** Of {contract}. */")
        lines.append(f"export const {constant} = {{")
        lines.extend(f"  {name}: {json.dumps(_entry(entries[name]))}," for name in names)
        lines.append("} as const;")
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _entry(entry: Mapping[str, Any]) -> dict[str, object]:
    """What a coder needs of a function or an event."""
    hashed = "0x" + keccak(text=f"{entry['name']}({','.join(map(_type, entry['inputs']))})").hex()
    if entry["type"] == "event":
        indexed, data = (
            [_plain(each) for each in entry["inputs"] if each["indexed"] is is_it] for is_it in (True, False)
        )
        return {"topic": hashed, "indexed": indexed, "data": data}
    return {"selector": hashed[:10], "inputs": entry["inputs"], "outputs": entry["outputs"]}


def _type(parameter: Mapping[str, Any]) -> str:
    """A parameter's type as a signature writes it."""
    kind = str(parameter["type"])
    inner = f"({','.join(map(_type, parameter.get('components', ())))})"
    return kind.replace("tuple", inner, 1) if kind.startswith("tuple") else kind


def _plain(parameter: Mapping[str, object]) -> dict[str, object]:
    """An event's parameter as one of a list: where it stands says whether it is indexed."""
    return {key: value for key, value in parameter.items() if key != "indexed"}


def reverts_text() -> str:
    """The text of `reverts.ts`."""
    lines = [
        "// Made by scripts/export_page.py from ifx_sdk/errors.py: why a contract refuses a call, and what to do then.",
        "",
        "/** Reason as the contract gives it -> cure. */",
        "export const REVERTS: Readonly<Record<string, string>> = {",
    ]
    lines.extend(f"  {json.dumps(reason)}: {json.dumps(cure)}," for reason, cure in _cures())
    return "\n".join([*lines, "};"]) + "\n"


def _cures() -> Iterable[tuple[str, str]]:
    for reason, leaf in REVERTS.items():
        if reason.startswith(CONTRACTS) and reason not in OTHERS and not issubclass(leaf, BadTerms):
            # The page has a button where the command line has a command.
            yield reason, _COMMAND.sub("", leaf.cure)


def texts() -> dict[Path, str]:
    """File -> what must stand in it."""
    return {TARGET / "abi.ts": abi_text(), TARGET / "reverts.ts": reverts_text()}


def stale() -> list[Path]:
    """The files that do not hold what the SDK says."""
    return [path for path, text in texts().items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a file is stale")
    options = parser.parse_args(arguments)
    found = stale()
    for path in found:
        if options.check:
            print(f"{path.relative_to(ROOT)} is not what the SDK says: run `make page`", file=sys.stderr)
        else:
            path.write_text(texts()[path], encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if options.check and found else 0


if __name__ == "__main__":
    sys.exit(main())
