"""What changed since a deployment, and by which operation of the timelock.

Up to the handover, when the timelock accepted the ownership, the deployer set everything up: what stood then is held
against the record. Every later change must lie in a transaction in which the timelock called exactly that function.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ifx_sdk.client import IFX
from ifx_sdk.codec import Event
from ifx_sdk.contract import Contract, integer, raw, text
from ifx_sdk.errors import IFXError

CAUSES = {
    "DeskSet": {"set_desk"},
    "GuardianSet": {"set_guardian"},
    "FeeRecipientSet": {"set_fee_recipient"},
    "UnderlyingListed": {"list_underlying", "delist_underlying"},
    "UnderlyingAdded": {"add_underlying"},
    "ReviewerSet": {"set_reviewer"},
    "SignersScheduled": {"schedule_signers"},
    "SignersCancelled": {"cancel_signers"},
    "OwnershipTransferStarted": {"transfer_ownership"},
    "OwnershipTransferred": {"accept_ownership"},
    "RoleGranted": {"grantRole"},
    "RoleRevoked": {"revokeRole"},
}
"""Event -> the functions of the owner that log it."""

Place = tuple[int, int]
"""Block and position in it."""


class NeverHandedOver(IFXError):  # noqa: N818 - named for what is wrong, as in ifx_sdk.errors
    """The timelock never accepted the ownership."""

    cure = "Nothing of this contract can be trusted to the timelock's 7 days."


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One event after the handover."""

    event: Event
    """What the contract logged."""
    operation: bytes | None
    """The operation of the timelock that caused it; None where none did."""

    @property
    def cause(self) -> str:
        """The operation for people, or the transaction that had no right to do it."""
        if self.operation is None:
            return f"not by the timelock, in transaction {self.event.tx_hash}"
        return f"operation 0x{self.operation.hex()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """One contract's events of some kinds, before and after its handover."""

    before: tuple[Event, ...]
    """By the constructor and the deployer, oldest first."""
    after: tuple[Change, ...]
    """Later ones, oldest first."""


class Timeline:
    """The events of a deployment in order, and what the timelock executed."""

    def __init__(self, ifx: IFX) -> None:
        """Reads the timelock's executions."""
        self._ifx = ifx
        self._executions = ifx.timelock.executions()

    def handover(self, contract: Contract) -> Place:
        """Where the timelock accepted the ownership. Raises `NeverHandedOver`."""
        for event in self._events(contract, "OwnershipTransferred"):
            if text(event.args["new_owner"]) == self._ifx.deployment.timelock:
                return _place(event)
        raise NeverHandedOver(f"{contract.codec.name} {contract.address} was never handed over to the timelock")

    def history(self, contract: Contract, *names: str) -> History:
        """The events of these names. Raises `NeverHandedOver`."""
        handover = self.handover(contract)
        found = sorted((each for name in names for each in self._events(contract, name)), key=_place)
        return History(
            before=tuple(each for each in found if _place(each) <= handover),
            after=tuple(self.change(contract, each) for each in found if _place(each) > handover),
        )

    def change(self, contract: Contract, event: Event) -> Change:
        """The event with the operation that caused it: the next that the timelock tells of in its transaction."""
        following = (
            each for each in self._executions if each.tx_hash == event.tx_hash and each.log_index > event.log_index
        )
        execution = min(following, key=_place, default=None)
        lawful = execution is not None and self._does(execution, contract, CAUSES[event.name])
        return Change(event=event, operation=raw(execution.args["id"]) if execution is not None and lawful else None)

    def _does(self, execution: Event, contract: Contract, functions: set[str]) -> bool:
        if text(execution.args["target"]) != contract.address:
            return False
        called = contract.codec.decode_call(raw(execution.args["payload"]))
        return called is not None and called[0] in functions

    def _events(self, contract: Contract, name: str) -> Sequence[Event]:
        first = self._ifx.deployment.block
        return self._ifx.chain.events(contract.codec, contract.address, name, from_block=first)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignerPlan:
    """Signers, as the events tell them."""

    signers: tuple[str, ...]
    """Accounts in the order of the bitmap."""
    quorum: int
    """Signatures that make a fixing."""
    from_day: int
    """UTC day number of the first day."""


def replay_signers(events: Iterable[tuple[Event, int]], until: int) -> tuple[SignerPlan | None, SignerPlan | None]:
    """The set in effect on day `until` and the announced one, from events with their UTC day numbers. Pure."""
    active: SignerPlan | None = None
    announced: SignerPlan | None = None
    for event, day in [*events, (None, until)]:
        if announced is not None and announced.from_day <= day:
            active, announced = announced, None
        if event is None:
            break
        announced = _plan(event) if event.name == "SignersScheduled" else None
    return active, announced


def _plan(event: Event) -> SignerPlan:
    signers = event.args["signers"]
    if not isinstance(signers, tuple):
        raise TypeError(f"expected a list of signers, got {signers!r}")
    quorum, from_day = integer(event.args["quorum"]), integer(event.args["from_day"])
    return SignerPlan(signers=tuple(text(each) for each in signers), quorum=quorum, from_day=from_day)


def _place(event: Event) -> Place:
    return event.block_number, event.log_index
