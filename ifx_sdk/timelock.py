"""The timelock that owns oracle and escrow: what was proposed, when it can be executed, and who may propose.

An operation is a call that the timelock makes 7 days or more after a proposer scheduled it; then anyone executes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from eth_utils.crypto import keccak

from ifx_sdk.artifacts import codec
from ifx_sdk.calendar import SECONDS_PER_DAY, format_time
from ifx_sdk.chain import Call, Chain
from ifx_sdk.codec import Codec, Event
from ifx_sdk.contract import Contract, integer, raw, text
from ifx_sdk.errors import (
    AlreadyProposed,
    BadValue,
    EarlierOperationMissing,
    NothingToCancel,
    OperationExpired,
    OperationNotReady,
    RoleMissing,
)
from ifx_sdk.outcomes import Journal, Outcome
from ifx_sdk.signers import Signer
from ifx_sdk.terms import parse_address

DELAY = 7 * SECONDS_PER_DAY
"""Seconds between scheduling an operation and the first moment of its execution; `contracts/Timelock.vy` asserts it."""
GRACE = 14 * SECONDS_PER_DAY
"""Seconds from that moment to the last one: then an operation that nobody executed is void."""
MAX_PAYLOAD = 1_024
"""Bytes of call data that one operation holds."""
NOTHING = bytes(32)
"""The predecessor of an operation that follows none."""

ROLES: Mapping[str, bytes] = {
    "admin": bytes(32),
    "proposer": keccak(text="PROPOSER_ROLE"),
    "canceller": keccak(text="CANCELLER_ROLE"),
    "executor": keccak(text="EXECUTOR_ROLE"),
}
"""Role -> its id on chain."""

_DONE = 1  # what the contract stores in place of a time


class OperationState(Enum):
    """Where an operation stands."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    READY = "ready"
    EXPIRED = "expired"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One call that the timelock makes, as it is proposed. Its id is the hash of all of it."""

    target: str
    """Checksummed contract that is called."""
    payload: bytes
    """Call data, at most 1,024 bytes."""
    salt: bytes
    """32 bytes that make otherwise equal operations differ."""
    predecessor: bytes = field(default=NOTHING)
    """Id of the operation that must be executed before; zero where none must."""
    amount: int = field(default=0)
    """Wei sent along; none of our contracts takes any."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", parse_address(self.target))
        if len(self.payload) > MAX_PAYLOAD:
            cure = "A set of more than 27 signers does not fit: announce a smaller one."
            raise BadValue(
                len(self.payload), f"an operation holds at most {MAX_PAYLOAD:,} bytes of call data", cure=cure
            )
        for name in ("salt", "predecessor"):
            if len(getattr(self, name)) != 32:
                raise BadValue(getattr(self, name), f"a {name} is 32 bytes", cure="Write 0x and 64 hexadecimal digits.")

    @property
    def id(self) -> bytes:
        """The operation's id, computed here; `Timelock.onchain_id` asks the contract for the same."""
        return hash_operation(self)

    def as_tuple(self) -> tuple[object, ...]:
        """In the contract's order: target, amount, payload, predecessor, salt."""
        return self.target, self.amount, self.payload, self.predecessor, self.salt


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerCall:
    """What one call of an operation does, for people."""

    contract: str
    """Name of the contract called, such as `ForwardEscrow`; empty where it is none of the deployment's."""
    function: str
    """Name of the function; empty where its contract's ABI does not know it."""
    arguments: Mapping[str, object]
    """Decoded arguments by name, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledOperation:
    """An operation as the events tell it."""

    id: bytes
    """32 bytes."""
    calls: tuple[Operation, ...]
    """What it does, in order; one call, unless it was scheduled as a batch."""
    decoded: tuple[OwnerCall, ...]
    """The same for people, in the same order."""
    state: OperationState
    """Where it stands now."""
    ready_at: int
    """Unix seconds UTC from which it can, or could, be executed."""
    scheduled_tx: str
    """The transaction that proposed it last."""
    block_number: int
    """The block of that transaction."""
    executed_tx: str | None = field(default=None)
    """The transaction that executed it; None while it is not done."""

    @property
    def is_batch(self) -> bool:
        """Whether it was scheduled by `schedule_batch`, which hashes differently even for one call."""
        return len(self.calls) != 1 or self.calls[0].id != self.id

    @property
    def predecessor(self) -> bytes:
        """Id of the operation that must be executed before; zero where none must."""
        return self.calls[0].predecessor


def hash_operation(operation: Operation) -> bytes:
    """keccak-256 of the ABI encoding of target, amount, payload, predecessor and salt. Pure."""
    from eth_abi.abi import encode

    return keccak(encode(["address", "uint256", "bytes", "bytes32", "bytes32"], operation.as_tuple()))


def default_salt(number: int = 0) -> bytes:
    """The salt of the first proposal of a call (`number` 0), of its second (1), and so on. Pure."""
    return keccak(text=f"IFX owner call {number}")


class Timelock(Contract):
    """Typed view of a `Timelock`."""

    def __init__(
        self,
        chain: Chain,
        address: str,
        signer: Signer | None = None,
        journal: Journal | None = None,
        *,
        first_block: int = 0,
    ) -> None:
        """`signer` proposes, cancels or executes; `first_block` is before the first event."""
        super().__init__(chain, address, codec("Timelock"), signer, journal)
        self.first_block = first_block

    # ------------------------------------------------------------------------------------------------ views

    def delay(self) -> int:
        """Seconds between proposing and executing."""
        return self._read(int, "get_minimum_delay")

    def has_role(self, role: str, account: str) -> bool:
        """Whether an account holds `admin`, `proposer`, `canceller` or `executor`; zero stands for everybody."""
        return self._read(bool, "hasRole", ROLES[role], parse_address(account))

    def holders(self) -> dict[str, tuple[str, ...]]:
        """Role -> accounts that hold it, from the events; a role that is none of ours is named by its id."""
        found: dict[str, list[str]] = {name: [] for name in ROLES}
        names = {id: name for name, id in ROLES.items()}
        for event in self.role_events():
            role = raw(event.args["role"])
            accounts = found.setdefault(names.get(role, "0x" + role.hex()), [])
            account = text(event.args["account"])
            if event.name == "RoleGranted":
                accounts.append(account)
            elif account in accounts:
                accounts.remove(account)
        return {name: tuple(accounts) for name, accounts in found.items()}

    def role_events(self) -> list[Event]:
        """Every grant and revocation of a role, oldest first."""
        found = [each for name in ("RoleGranted", "RoleRevoked") for each in self._events(name)]
        return sorted(found, key=lambda event: (event.block_number, event.log_index))

    def onchain_id(self, operation: Operation) -> bytes:
        """An operation's id by the contract's own computation: the same as `operation.id`."""
        return raw(self._read(bytes, "hash_operation", *operation.as_tuple()))

    def ready_at(self, id: bytes) -> int | None:
        """Unix seconds from which a pending operation can be executed; None where it is not pending."""
        stored = self._read(int, "get_timestamp", id)
        return stored if stored > _DONE else None

    def state(self, id: bytes) -> OperationState:
        """Where an operation stands at the time of the next transaction. Cancelled ones are UNKNOWN to the contract."""
        return self._state(self._read(int, "get_timestamp", id))

    def operation(self, id: bytes) -> ScheduledOperation:
        """One operation by its id. Raises `OperationNotReady` where it was never proposed."""
        topic = "0x" + bytes(id).hex()
        found = self._collect(self._events("CallScheduled", topic), self._events("CallSalt", topic))
        if not found:
            what = f"no operation {topic} was ever proposed to {self.address}"
            raise OperationNotReady(what=what, cure="Check the id: `ifx admin show` lists them all.")
        return found[0]

    def operations(self) -> tuple[ScheduledOperation, ...]:
        """Every operation that was ever proposed, in the order of its newest proposal."""
        return self._collect(self._events("CallScheduled"), self._events("CallSalt"))

    def executions(self) -> list[Event]:
        """Every call that the timelock made, oldest first."""
        return self._events("CallExecuted")

    # ----------------------------------------------------------------------------------------------- writes

    def hold_proposable(self, operation: Operation) -> None:
        """Refuse what stands already. Raises `AlreadyProposed` saying where it stands."""
        state = self.state(operation.id)
        if state is OperationState.UNKNOWN:
            return
        when = self.ready_at(operation.id)
        since = "" if when is None else f", executable from {format_time(when)}"
        raise AlreadyProposed(what=f"operation 0x{operation.id.hex()} exists already: it is {state.value}{since}")

    def schedule(self, operation: Operation, delay: int = DELAY) -> Outcome:
        """Proposer: schedule an operation. Raises `AlreadyProposed`, `RoleMissing`, or as `Chain.send`."""
        self.hold_proposable(operation)
        self._hold_role("proposer")
        return self.send(self.prepare_schedule(operation, delay))

    def prepare_schedule(self, operation: Operation, delay: int = DELAY) -> Call:
        """The call that schedules an operation, for a multisig to send."""
        return self.prepare("schedule", *operation.as_tuple(), delay)

    def cancel(self, id: bytes) -> Outcome:
        """Canceller: withdraw a pending operation. Raises `NothingToCancel`, `RoleMissing`, or as `Chain.send`."""
        self.hold_cancellable(id)
        self._hold_role("canceller")
        return self._write("cancel", id)

    def hold_cancellable(self, id: bytes) -> None:
        """Refuse what is not pending. Raises `NothingToCancel`."""
        state = self.state(id)
        if state not in (OperationState.WAITING, OperationState.READY, OperationState.EXPIRED):
            raise NothingToCancel(what=f"operation 0x{id.hex()} is {state.value}")

    def execute(self, found: ScheduledOperation) -> Outcome:
        """Anyone: execute an operation that is ready. Raises `OperationNotReady`, `EarlierOperationMissing`, or as
        `Chain.send`, also for what the call itself is refused for."""
        self.hold_executable(found)
        calls = found.calls
        if not found.is_batch:
            return self._write("execute", *calls[0].as_tuple())
        lists = [each.target for each in calls], [each.amount for each in calls], [each.payload for each in calls]
        return self._write("execute_batch", *lists, found.predecessor, calls[0].salt)

    def hold_executable(self, found: ScheduledOperation) -> None:
        """Refuse what cannot be executed now. Raises `OperationNotReady` and `OperationExpired` naming the time,
        `EarlierOperationMissing`."""
        name = f"operation 0x{found.id.hex()}"
        if found.state is OperationState.WAITING:
            what = f"{name} can be executed from {format_time(found.ready_at)} on"
            raise OperationNotReady(what=what, cure="Execute it then; until then its proposers can cancel it.")
        if found.state is OperationState.DONE:
            raise OperationNotReady(what=f"{name} was executed in {found.executed_tx}", cure="Nothing is left to do.")
        if found.state is OperationState.EXPIRED:
            what = f"{name} could be executed until {format_time(found.ready_at + GRACE)}"
            raise OperationExpired(what=what)
        if found.state is not OperationState.READY:
            cure = "To do it after all propose it again."
            raise OperationNotReady(what=f"{name} was {found.state.value}", cure=cure)
        before = found.predecessor
        if before != NOTHING and self.state(before) is not OperationState.DONE:
            raise EarlierOperationMissing(what=f"{name} follows 0x{before.hex()}, which was not executed")

    # ----------------------------------------------------------------------------------------------- inside

    def _hold_role(self, role: str) -> None:
        if not self.has_role(role, self.account):
            raise RoleMissing(what=f"{self.account} is no {role} of the timelock {self.address}")

    def _events(self, name: str, *topics: str) -> list[Event]:
        return self.chain.events(self.codec, self.address, name, topics=topics, from_block=self.first_block)

    def _state(self, stored: int) -> OperationState:
        if stored == 0:
            return OperationState.UNKNOWN
        if stored == _DONE:
            return OperationState.DONE
        now = self.chain.now()
        if now < stored:
            return OperationState.WAITING
        return OperationState.READY if now <= stored + GRACE else OperationState.EXPIRED

    def _collect(self, scheduled: Sequence[Event], salted: Iterable[Event]) -> tuple[ScheduledOperation, ...]:
        salts = {raw(event.args["id"]): raw(event.args["salt"]) for event in salted}
        executed = {raw(event.args["id"]): event.tx_hash for event in self.executions()} if scheduled else {}
        newest = {raw(event.args["id"]): event.tx_hash for event in scheduled}
        groups: dict[bytes, list[Event]] = {}
        for event in scheduled:
            id = raw(event.args["id"])
            if event.tx_hash == newest[id]:  # one that was cancelled can be proposed again
                groups.setdefault(id, []).append(event)
        found = [self._scheduled(id, group, salts.get(id, NOTHING), executed.get(id)) for id, group in groups.items()]
        return tuple(sorted(found, key=lambda each: each.block_number))

    def _scheduled(self, id: bytes, events: Sequence[Event], salt: bytes, executed: str | None) -> ScheduledOperation:
        calls = tuple(_call(event, salt) for event in sorted(events, key=lambda event: integer(event.args["index"])))
        first = events[0]
        stored = self._read(int, "get_timestamp", id)
        state = self._state(stored)
        ready = self.chain.timestamp(first.block_number) + integer(first.args["delay"])
        return ScheduledOperation(
            id=id,
            calls=calls,
            decoded=tuple(self.decode(each) for each in calls),
            state=OperationState.CANCELLED if state is OperationState.UNKNOWN else state,
            ready_at=stored if stored > _DONE else ready,
            scheduled_tx=first.tx_hash,
            block_number=first.block_number,
            executed_tx=executed,
        )

    def decode(self, operation: Operation) -> OwnerCall:
        """What an operation does, by the ABI of its target where that is known."""
        known: Codec | None = self.chain.codecs.get(operation.target)
        if known is None:
            return OwnerCall(contract="", function="", arguments={})
        found = known.decode_call(operation.payload)
        if found is None:
            return OwnerCall(contract=known.name, function="", arguments={})
        return OwnerCall(contract=known.name, function=found[0], arguments=found[1])


def _call(event: Event, salt: bytes) -> Operation:
    return Operation(
        target=text(event.args["target"]),
        amount=integer(event.args["amount"]),
        payload=raw(event.args["payload"]),
        predecessor=raw(event.args["predecessor"]),
        salt=salt,
    )
