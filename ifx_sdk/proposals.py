"""What can be proposed to the timelock, looked at before it is: the size, the days, and what the contract would say.

A call that its contract would refuse even today is not worth 7 days of waiting: it is run from the timelock's account
without being sent, and the contract's reason is raised at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ifx_sdk.calendar import date_of, day_of, format_time, midnight
from ifx_sdk.chain import Call
from ifx_sdk.client import IFX
from ifx_sdk.contract import Contract
from ifx_sdk.errors import AlreadyProposed, BadValue, Reverted, TooLateToWithdraw, TooSoon
from ifx_sdk.timelock import (
    DELAY,
    NOTHING,
    ROLES,
    Operation,
    OperationState,
    OwnerCall,
    default_salt,
)

MAX_PROPOSED_SIGNERS = 27
"""Signers of a set that fits into an operation's 1,024 bytes."""
LAST_DAY = 2**24 - 1
"""The last UTC day that the oracle knows: the set in effect on it is the newest one announced."""
NOTICE_DAYS = 8
"""Days that the oracle wants between announcing a set and its first day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """An owner's call, ready to be proposed."""

    what: OwnerCall
    """Contract, function and arguments, for people."""
    operation: Operation
    """What the timelock schedules."""
    executable_from: int
    """Unix seconds: the earliest execution if it were scheduled in the next block."""
    execute_before: int | None = field(default=None)
    """Unix seconds from which on its contract will refuse it; None where it does not get old."""
    doubt: str = field(default="")
    """Why its contract would refuse it now, where an operation before it may change that; else empty."""
    warning: str = field(default="")
    """What the owner could not undo, where it is such a call; else empty."""


def propose(
    ifx: IFX,
    contract: Contract,
    function: str,
    *args: object,
    salt: bytes | None = None,
    again: bool = False,
    after: bytes = NOTHING,
) -> Proposal:
    """An operation that calls `function` of the oracle, the escrow or the timelock itself. Sends nothing.

    Equal calls have equal ids: `again` takes the first salt that is free, `salt` any 32 bytes. `after` names the
    operation that must be executed first. Raises `AlreadyProposed`, `BadValue`, `TooSoon`, `TooLateToWithdraw`, and
    what the contract would refuse the call for today, which `after` an operation that is still pending becomes the
    proposal's `doubt`.
    """
    now = ifx.chain.now()
    before = _hold_signers(now, args) if function == "schedule_signers" else None
    if function == "cancel_signers":
        before = _hold_cancellation(ifx, now)
    operation = _operation(ifx, contract.prepare(function, *args), salt, again=again, after=after)
    pending = after != NOTHING and _hold_pending(ifx, after)
    doubt = ""
    try:
        ifx.chain.call(contract.codec, contract.address, function, *args, sender=ifx.timelock.address)
    except Reverted as error:
        if not pending:
            cure = (
                f"{error.cure} If an operation that is proposed already makes it possible, name that one with --after."
            )
            raise type(error)(
                error.reason, what=f"{contract.codec.name}.{function} would be refused", cure=cure
            ) from error
        doubt = error.reason
    return Proposal(
        what=ifx.timelock.decode(operation),
        operation=operation,
        executable_from=now + DELAY,
        execute_before=before,
        doubt=doubt,
        warning=_warning(ifx, function, args),
    )


def _hold_cancellation(ifx: IFX, now: int) -> int | None:
    """The time before which an announced set must be withdrawn; None where none is. Raises `TooLateToWithdraw`."""
    first = midnight(ifx.oracle.signers_on(LAST_DAY).from_day)
    if first <= now:
        return None  # the contract says that nothing is scheduled
    if now + DELAY >= first:
        what = (
            f"a cancellation proposed now can be executed from {format_time(now + DELAY)} on, and the announced set "
            f"takes effect at {format_time(first)}"
        )
        raise TooLateToWithdraw(what)
    return first


def role_arguments(role: str, account: str) -> tuple[bytes, str]:
    """The arguments of `grantRole` and `revokeRole`. Raises `BadValue` for a role that nobody but it may hold."""
    if role not in ("proposer", "canceller", "executor"):
        cure = "An admin outside would grant roles without the 7 days: name proposer, canceller or executor."
        raise BadValue(role, "it is no role that the timelock gives away", cure=cure)
    return ROLES[role], account


def _warning(ifx: IFX, function: str, args: Sequence[object]) -> str:
    """What a call would change for good: who proposes, or that everything waits 7 days."""
    if function == "transfer_ownership":
        return "once accepted, only what the new owner makes wait is public for 7 days: check that it is a timelock"
    if function != "revokeRole":
        return ""
    role = next((name for name, id in ROLES.items() if id == args[0]), "")
    if ifx.timelock.holders().get(role, ()) != (args[1],):
        return ""
    return f"nobody would be {role} any more, and without proposers and executors no setting could ever change again"


def _hold_signers(now: int, args: Sequence[object]) -> int:
    """The time before which a set must be executed. Raises `BadValue`, `TooSoon`."""
    signers, _, from_day = args
    if not isinstance(signers, list | tuple) or not isinstance(from_day, int):
        raise TypeError("schedule_signers takes signers, quorum and a day number")
    if len(signers) > MAX_PROPOSED_SIGNERS:
        cure = f"Announce at most {MAX_PROPOSED_SIGNERS} signers; a larger set needs a new oracle."
        raise BadValue(len(signers), "so many signers do not fit into an operation of 1,024 bytes", cure=cure)
    ready = now + DELAY
    earliest = day_of(ready) + NOTICE_DAYS
    if from_day < earliest:
        what = (
            f"a set proposed now can be announced from {format_time(ready)} on, and its first day comes {NOTICE_DAYS} "
            f"days later: {date_of(earliest)} at the earliest, not {date_of(from_day)}"
        )
        cure = "Name a later day, with some to spare: signing the proposal and executing it take time too."
        raise TooSoon(what=what, cure=cure)
    return midnight(from_day - NOTICE_DAYS + 1)


def _operation(ifx: IFX, call: Call, salt: bytes | None, *, again: bool, after: bytes) -> Operation:
    if call.to is None:
        raise TypeError("a prepared call of a contract has its address")
    number = 0
    while True:
        chosen = default_salt(number) if salt is None else salt
        operation = Operation(target=call.to, payload=call.data, salt=chosen, predecessor=after)
        try:
            ifx.timelock.hold_proposable(operation)
        except AlreadyProposed as error:
            if again and salt is None:
                number += 1
                continue
            error.cure = "To do the same once more add --again, or another --salt; `ifx admin show` tells of this one."
            raise
        return operation


def _hold_pending(ifx: IFX, after: bytes) -> bool:
    """Whether the operation to follow is still to be executed. Raises `BadValue` where it is none."""
    state = ifx.timelock.state(after)
    if state is OperationState.UNKNOWN:
        cure = "Take the id from `ifx admin show`; what was cancelled is never executed."
        raise BadValue("0x" + after.hex(), "no operation of that id is proposed", cure=cure)
    return state is not OperationState.DONE
