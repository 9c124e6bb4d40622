"""Who holds each role of all contracts, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ifx_sdk.calendar import date_of, day_of, format_time
from ifx_sdk.cli.output import aligned
from ifx_sdk.contract import integer
from ifx_sdk.terms import ZERO_ADDRESS

if TYPE_CHECKING:
    from ifx_sdk.client import IFX

Roles = dict[str, dict[str, object]]


def read(ifx: IFX) -> Roles:
    """Contract -> role -> who holds it, as the chain says now."""
    today = day_of(ifx.chain.now())
    current = ifx.oracle.signers_on(today)
    oracle: dict[str, object] = {
        "address": ifx.oracle.address,
        "owner": ifx.oracle.owner(),
        "pending_owner": ifx.oracle.pending_owner(),
        "reviewer": ifx.oracle.reviewer(),
        "signers": list(current.signers),
        "quorum": current.quorum,
        "announced": _announced(ifx, today),
    }
    escrow: dict[str, object] = {
        "address": ifx.escrow.address,
        "owner": ifx.escrow.owner(),
        "pending_owner": ifx.escrow.pending_owner(),
        "desk": ifx.escrow.desk(),
        "guardian": ifx.escrow.guardian(),
        "fee_recipient": ifx.escrow.fee_recipient(),
        "paused_until": ifx.escrow.paused_until(),
    }
    holders: dict[str, object] = {role: list(accounts) for role, accounts in ifx.timelock.holders().items()}
    timelock: dict[str, object] = {"address": ifx.timelock.address, "delay": ifx.timelock.delay(), **holders}
    return {"oracle": oracle, "escrow": escrow, "timelock": timelock}


def _announced(ifx: IFX, today: int) -> dict[str, object] | None:
    """The set that will take effect; None where nothing newer than today's is known."""
    events = ifx.chain.events(ifx.oracle.codec, ifx.oracle.address, "SignersScheduled", from_block=ifx.deployment.block)
    from_day = integer(events[-1].args["from_day"]) if events else today
    found = ifx.oracle.signers_on(max(from_day, today))
    if found.from_day <= today:
        return None
    return {"signers": list(found.signers), "quorum": found.quorum, "from_day": found.from_day}


def text(roles: Roles, now: int) -> str:
    """The same for people at a time in unix seconds: a block for each contract."""
    owner = roles["timelock"]["address"]
    blocks = (aligned([(name, str(held["address"])), *_rows(held, owner, now)]) for name, held in roles.items())
    return "\n\n".join(blocks)


def _rows(held: Mapping[str, object], timelock: object, now: int) -> Iterator[tuple[str, str]]:
    for role, value in held.items():
        label = f"  {role.replace('_', ' ')}"
        if role == "address" or value is None or (role == "pending_owner" and value == ZERO_ADDRESS):
            continue
        if role == "paused_until" and integer(value) <= now:
            continue
        if isinstance(value, list):
            accounts = ["anyone" if each == ZERO_ADDRESS else str(each) for each in value] or ["nobody"]
            yield from ((label if not at else "", each) for at, each in enumerate(accounts))
        elif isinstance(value, dict):
            yield label, f"from {date_of(integer(value['from_day']))}, quorum {value['quorum']}"
            yield from (("", str(each)) for each in value["signers"])
        elif role == "delay":
            yield label, f"{integer(value) // 86_400} days"
        elif role == "paused_until":
            yield label, format_time(integer(value))
        else:
            yield label, f"{value} (the timelock)" if value == timelock else str(value)
