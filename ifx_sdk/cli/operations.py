"""Operations of the timelock for people, for programs, and for a Safe's owners."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ifx_sdk.calendar import date_of, format_time
from ifx_sdk.cli.output import aligned, table
from ifx_sdk.timelock import GRACE, NOTHING, ROLES

if TYPE_CHECKING:
    from ifx_sdk.chain import Call
    from ifx_sdk.cli.session import Session
    from ifx_sdk.client import IFX
    from ifx_sdk.proposals import Proposal
    from ifx_sdk.timelock import Operation, OwnerCall, ScheduledOperation

_ROLE_NAMES = {id: name for name, id in ROLES.items()}


def document(found: ScheduledOperation) -> dict[str, object]:
    """A scheduled operation for programs."""
    return {
        "operation": "0x" + found.id.hex(),
        "status": found.state.value,
        "executable_from": found.ready_at,
        "void_after": found.ready_at + GRACE,
        "predecessor": "0x" + found.predecessor.hex(),
        "salt": "0x" + found.calls[0].salt.hex(),
        "calls": [_call_document(call, what) for call, what in zip(found.calls, found.decoded, strict=True)],
        "scheduled_tx": found.scheduled_tx,
        "executed_tx": found.executed_tx,
    }


def text(found: ScheduledOperation) -> str:
    """A scheduled operation for people."""
    rows: list[tuple[str, str]] = [("operation", "0x" + found.id.hex()), ("status", found.state.value)]
    for call, what in zip(found.calls, found.decoded, strict=True):
        rows += _call_rows(call, what)
    if found.predecessor != NOTHING:
        rows.append(("after", "0x" + found.predecessor.hex()))
    rows += [("salt", "0x" + found.calls[0].salt.hex()), ("executable from", format_time(found.ready_at))]
    rows.append(("void after", format_time(found.ready_at + GRACE)))
    rows.append(("proposed in", found.scheduled_tx))
    if found.executed_tx is not None:
        rows.append(("executed in", found.executed_tx))
    return aligned(rows)


def table_of(found: Iterable[ScheduledOperation]) -> str:
    """A line for each operation, oldest first."""
    rows = [
        (each.state.value, format_time(each.ready_at), "; ".join(map(_line, each.decoded)), "0x" + each.id.hex())
        for each in found
    ]
    return table(("status", "executable from", "call", "operation"), rows) if rows else "nothing was ever proposed"


def proposal_document(ifx: IFX, found: Proposal) -> dict[str, object]:
    """A proposal for programs, with what a multisig sends to the timelock."""
    return {
        "operation": "0x" + found.operation.id.hex(),
        "calls": [_call_document(found.operation, found.what)],
        "predecessor": "0x" + found.operation.predecessor.hex(),
        "salt": "0x" + found.operation.salt.hex(),
        "executable_from": found.executable_from,
        "execute_before": found.execute_before,
        "doubt": found.doubt,
        "warning": found.warning,
        "timelock": ifx.timelock.address,
        "calldata": "0x" + ifx.timelock.prepare_schedule(found.operation).data.hex(),
    }


def proposal_text(ifx: IFX, found: Proposal) -> str:
    """A proposal for people."""
    rows = [("operation", "0x" + found.operation.id.hex()), *_call_rows(found.operation, found.what)]
    if found.operation.predecessor != NOTHING:
        rows.append(("after", "0x" + found.operation.predecessor.hex()))
    rows.append(("salt", "0x" + found.operation.salt.hex()))
    rows.append(("executable from", f"{format_time(found.executable_from)}, if it is proposed now"))
    rows.append(("to be sent to", f"the timelock, {ifx.timelock.address}"))
    rows.append(("calldata", "0x" + ifx.timelock.prepare_schedule(found.operation).data.hex()))
    return aligned(rows)


def notes(found: Proposal) -> Iterator[str]:
    """What people should know of a proposal beside it."""
    if found.doubt:
        yield f"note: today it would be refused ({found.doubt}); it needs what it follows"
    if found.warning:
        yield f"warning: {found.warning}"
    if found.execute_before is not None:
        yield f"note: execute it before {format_time(found.execute_before)}: later it is less than 8 days ahead"


def answer_batch(session: Session, ifx: IFX, call: Call, title: str) -> None:
    """Print the file for a Safe's Transaction Builder: the answer itself, with and without --json."""
    from ifx_sdk.safe_batch import batch

    found = batch(
        [call],
        chain_id=ifx.chain.chain_id,
        created_at=ifx.chain.timestamp(),
        name=f"IFX: {title}",
        description=f"{call.name} of the timelock {ifx.timelock.address}",
    )
    session.output.answer(found, json.dumps(found, indent=2))


def _call_document(call: Operation, what: OwnerCall) -> dict[str, object]:
    return {
        "contract": what.contract,
        "target": call.target,
        "function": what.function,
        "arguments": {name: _shown(name, value) for name, value in what.arguments.items()},
        "payload": "0x" + call.payload.hex(),
    }


def _call_rows(call: Operation, what: OwnerCall) -> list[tuple[str, str]]:
    rows = [("contract", f"{what.contract or 'unknown'} {call.target}"), ("function", what.function or "unknown")]
    for name, value in what.arguments.items():
        rows += [(f"  {name}" if not at else "", each) for at, each in enumerate(_lines(name, value))]
    if not what.function:
        rows.append(("payload", "0x" + call.payload.hex()))
    return rows


def _line(what: OwnerCall) -> str:
    values = (", ".join(_lines(name, value)) for name, value in what.arguments.items())
    return f"{what.contract or 'unknown'}.{what.function or 'unknown'}({', '.join(values)})"


def _lines(name: str, value: object) -> list[str]:
    shown = _shown(name, value)
    if isinstance(shown, list):
        return [str(each) for each in shown]
    if name == "from_day" and isinstance(shown, int):
        return [f"{shown} ({date_of(shown)})"]
    return [str(shown).lower() if isinstance(shown, bool) else str(shown)]


def _shown(name: str, value: object) -> object:
    if isinstance(value, bytes):
        return _ROLE_NAMES.get(value, "0x" + value.hex()) if name == "role" else "0x" + value.hex()
    return list(value) if isinstance(value, tuple) else value
