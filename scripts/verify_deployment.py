"""Hold a deployment's record against the chain: everything that it says, and everything that changed since.

    python scripts/verify_deployment.py deployments/NETWORK.toml --rpc URL [--json]

Needs the extra [local], which runs the creation code again. Every line is PASS, CHANGED (lawfully: through the
timelock, by the operation that is named) or FAIL. Exit code 0 without a FAIL, 1 with one, 2 where nothing could be
compared.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ifx_sdk.chain import Chain
from ifx_sdk.cli.output import table
from ifx_sdk.client import IFX
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import IFXError, NodeDown
from scripts.verification.contracts import code_rows, immutable_rows, record_rows
from scripts.verification.history import Timeline
from scripts.verification.owners import owner_rows, role_rows, signer_rows, timelock_rows, underlying_rows
from scripts.verification.rows import Row, Verdict, compared, failed


def verify(chain: Chain, record: Deployment) -> tuple[Row, ...]:
    """Every line, whatever fails on the way. Raises `NodeDown` where the node does not answer."""
    ifx = IFX(chain, record)
    rows = [compared("chain id", record.chain_id, chain.node.chain_id()), *record_rows(record)]
    if any(row.verdict is Verdict.FAIL and row.item in ("chain id", "record: contracts") for row in rows):
        return tuple(rows)
    for contract in record.contracts:
        rows += _read(f"{contract.name}: code", code_rows(ifx, contract))
    rows += _read("immutables", immutable_rows(ifx))
    try:
        timeline = Timeline(ifx)
    except NodeDown:
        raise
    except IFXError as error:
        return (*rows, failed("timelock: operations", error))
    for name, owned in (("oracle", ifx.oracle), ("escrow", ifx.escrow)):
        rows += _read(f"{name}: owner", owner_rows(owned, name, timeline, record.timelock))
    rows += _read("roles", role_rows(ifx, timeline))
    rows += _read("oracle: signers", signer_rows(ifx, timeline))
    rows += _read("timelock", timelock_rows(ifx, timeline))
    rows += _read("underlyings", underlying_rows(ifx, timeline))
    return tuple(rows)


def _read(item: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The lines of one group; where the chain does not answer as it should, a failure in place of the rest."""
    try:
        yield from rows
    except NodeDown:
        raise
    except IFXError as error:
        yield failed(item, error)


def report(rows: Sequence[Row]) -> str:
    """The lines, aligned, failures last, and the sum."""
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    lines = [(row.verdict.value, row.item, " | ".join(filter(None, (row.found, row.why)))) for row in rows]
    total = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)
    return f"{table(('', 'item', 'on chain'), lines)}\n\n{total}"


def document(record: Deployment, rows: Sequence[Row]) -> dict[str, object]:
    """The same for programs."""
    lines = [{"item": r.item, "verdict": r.verdict.value, "found": r.found, "why": r.why} for r in rows]
    verdict = "FAIL" if any(row.verdict is Verdict.FAIL for row in rows) else "PASS"
    return {"network": record.network, "chain_id": record.chain_id, "verdict": verdict, "rows": lines}


def command_line(arguments: Sequence[str] | None = None) -> int:
    """What `python scripts/verify_deployment.py` calls; returns the exit code."""
    parser = argparse.ArgumentParser(description="Hold a deployment's record against the chain.")
    parser.add_argument("record", type=Path, help="deployments/<network>.toml")
    parser.add_argument("--rpc", required=True, help="URL of a node of its chain")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    given = parser.parse_args(arguments)
    try:
        record = Deployment.read(given.record)
        rows = verify(Chain(given.rpc), record)
    except IFXError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(document(record, rows)) if given.json else report(rows))
    return 1 if any(row.verdict is Verdict.FAIL for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(command_line())
