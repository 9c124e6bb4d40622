"""The owner through the SDK: proposed, public for 7 days, executed by anyone; ids and sizes known beforehand."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import DAY, GPT, LUNA, START

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.contract import Contract
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import (
    AlreadyProposed,
    BadAddress,
    BadValue,
    DelayTooShort,
    EarlierOperationMissing,
    NameTaken,
    NothingToCancel,
    OperationExpired,
    OperationNotReady,
    OracleDoesNotKnow,
    RenouncedForAnother,
    RoleMissing,
    TooLateToWithdraw,
    TooSoon,
    UnequalBatch,
)
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.proposals import MAX_PROPOSED_SIGNERS, Proposal, propose, role_arguments
from ifx_sdk.timelock import (
    DELAY,
    GRACE,
    NOTHING,
    ROLES,
    Operation,
    OperationState,
    OwnerCall,
    default_salt,
    hash_operation,
)

NINE = dev_address(9)
SALT = default_salt()
ZERO = "0x" + 40 * "0"


def to_set_desk(ifx: IFX, desk: str = NINE, **more: bytes) -> Operation:
    """The escrow's desk, by the timelock."""
    call = ifx.escrow.prepare("set_desk", desk)
    return Operation(**({"target": ifx.escrow.address, "payload": call.data, "salt": SALT} | more))


@pytest.fixture
def proposer(ifx: IFX) -> IFX:
    """Who may propose."""
    return ifx.as_signer(devnet.signer(devnet.DEPLOYER))


@pytest.fixture
def outsider(ifx: IFX) -> IFX:
    """Who may execute, as everybody may."""
    return ifx.as_signer(devnet.signer(devnet.OUTSIDER))


# ---------------------------------------------------------------------------------------------------------- a life


def test_an_operation_is_void_after_its_14_days(proposer: IFX, outsider: IFX) -> None:
    """Ready to the last second; then refused here and by the contract, until it is cancelled and proposed again."""
    operation = to_set_desk(proposer)
    proposer.timelock.schedule(operation).confirmed()
    last = proposer.timelock.operation(operation.id).ready_at + GRACE
    devnet.travel(proposer, last - 1)
    assert proposer.timelock.state(operation.id) is OperationState.READY
    devnet.travel(proposer, last + 1)
    found = proposer.timelock.operation(operation.id)
    assert found.state is OperationState.EXPIRED
    with pytest.raises(OperationExpired, match="could be executed until 2026-08-05"):
        outsider.timelock.execute(found)
    with pytest.raises(OperationExpired):
        outsider.timelock.send(outsider.timelock.prepare("execute", *operation.as_tuple()))
    proposer.timelock.cancel(operation.id).confirmed()
    proposer.timelock.schedule(operation).confirmed()
    assert proposer.timelock.state(operation.id) is OperationState.WAITING


def test_a_set_that_takes_effect_before_its_cancellation_is_told(proposer: IFX) -> None:
    """What would wait 7 days for nothing is not proposed; while there is time it is, with the end of that time."""
    first = START // DAY + 30
    devnet.by_owner(proposer, proposer.oracle.prepare("schedule_signers", [NINE], 1, first))
    found = propose(proposer, proposer.oracle, "cancel_signers")
    assert found.execute_before == first * DAY
    devnet.travel(proposer, first * DAY - DELAY)
    with pytest.raises(TooLateToWithdraw, match="the announced set takes effect at 2026-08-14"):
        propose(proposer, proposer.oracle, "cancel_signers")


def test_an_operation_waits_seven_days_and_is_executed_by_anyone(proposer: IFX, outsider: IFX) -> None:
    """To the second: refused before, done after, and only once."""
    operation = to_set_desk(proposer)
    block = proposer.timelock.schedule(operation).confirmed().block_number
    ready = proposer.chain.timestamp(block) + 604_800
    assert proposer.timelock.ready_at(operation.id) == ready
    found = proposer.timelock.operation(operation.id)
    assert (found.state, found.ready_at, found.executed_tx) == (OperationState.WAITING, ready, None)
    with pytest.raises(OperationNotReady, match="can be executed from 2026-07-22"):
        outsider.timelock.execute(found)
    devnet.travel(proposer, ready)
    done = outsider.timelock.execute(outsider.timelock.operation(operation.id)).confirmed()
    assert done.event("DeskSet").args == {"previous": dev_address(devnet.DESK), "desk": NINE}
    found = outsider.timelock.operation(operation.id)
    assert (found.state, found.executed_tx) == (OperationState.DONE, done.tx_hash)
    with pytest.raises(OperationNotReady, match=f"was executed in {done.tx_hash}"):
        outsider.timelock.execute(found)


def test_the_contract_refuses_what_is_not_ready_as_well(proposer: IFX) -> None:
    """The looks before sending save gas; the 7 days are the contract's own."""
    operation = to_set_desk(proposer)
    proposer.timelock.schedule(operation).confirmed()
    with pytest.raises(OperationNotReady):
        proposer.timelock.send(proposer.timelock.prepare("execute", *operation.as_tuple()))
    with pytest.raises(DelayTooShort):
        proposer.timelock.schedule(replace(operation, salt=default_salt(1)), DELAY - 1)
    with pytest.raises(UnequalBatch):
        proposer.timelock.send(proposer.timelock.prepare("schedule_batch", [NINE], [], [], NOTHING, NOTHING, DELAY))


def test_an_operation_is_cancelled_and_proposed_again(proposer: IFX, outsider: IFX) -> None:
    """A proposer withdraws it; it keeps its id and waits its 7 days anew."""
    operation = to_set_desk(proposer)
    proposer.timelock.schedule(operation).confirmed()
    first = proposer.timelock.operation(operation.id)
    with pytest.raises(RoleMissing, match=f"{outsider.account} is no canceller"):
        outsider.timelock.cancel(operation.id)
    proposer.timelock.cancel(operation.id).confirmed()
    assert proposer.timelock.operation(operation.id).state is OperationState.CANCELLED
    with pytest.raises(OperationNotReady, match="was cancelled"):
        outsider.timelock.execute(proposer.timelock.operation(operation.id))
    with pytest.raises(NothingToCancel):
        proposer.timelock.cancel(operation.id)
    devnet.travel(proposer, START + 3 * DAY)
    proposer.timelock.schedule(operation).confirmed()
    again = proposer.timelock.operation(operation.id)
    assert again.state is OperationState.WAITING
    assert again.ready_at > first.ready_at
    assert proposer.timelock.operations() == (again,)


def test_only_proposers_propose(proposer: IFX, outsider: IFX) -> None:
    """Refused here by name, and by the contract."""
    operation = to_set_desk(outsider)
    with pytest.raises(RoleMissing, match=f"{outsider.account} is no proposer of the timelock"):
        outsider.timelock.schedule(operation)
    with pytest.raises(RoleMissing):
        outsider.timelock.send(outsider.timelock.prepare_schedule(operation))
    assert proposer.timelock.operations() == ()
    proposer.timelock.schedule(operation).confirmed()


def test_an_operation_follows_another(proposer: IFX, outsider: IFX) -> None:
    """The second waits for the first, however long both were ready."""
    first = to_set_desk(proposer)
    second = to_set_desk(proposer, dev_address(8), predecessor=first.id)
    for each in (first, second):
        proposer.timelock.schedule(each).confirmed()
    devnet.travel(proposer, START + 8 * DAY)
    with pytest.raises(EarlierOperationMissing, match=first.id.hex()):
        outsider.timelock.execute(outsider.timelock.operation(second.id))
    with pytest.raises(EarlierOperationMissing):
        outsider.timelock.send(outsider.timelock.prepare("execute", *second.as_tuple()))
    for each in (first, second):
        outsider.timelock.execute(outsider.timelock.operation(each.id)).confirmed()
    assert proposer.escrow.desk() == dev_address(8)


def test_a_batch_that_somebody_scheduled_is_shown_and_executed(proposer: IFX, outsider: IFX) -> None:
    """In one transaction or not at all; a batch of one has another id than its call."""
    desk = to_set_desk(proposer)
    guardian = Operation(
        target=proposer.escrow.address, payload=proposer.escrow.prepare("set_guardian", NINE).data, salt=SALT
    )
    for calls in ([desk, guardian], [desk]):
        lists = [each.target for each in calls], [0] * len(calls), [each.payload for each in calls]
        call = proposer.timelock.prepare("schedule_batch", *lists, NOTHING, SALT, DELAY)
        proposer.timelock.send(call).confirmed()
    both, one = proposer.timelock.operations()
    assert (both.is_batch, one.is_batch) == (True, True)
    assert both.calls == (desk, guardian)
    assert [each.function for each in both.decoded] == ["set_desk", "set_guardian"]
    devnet.travel(proposer, START + 8 * DAY)
    for each in proposer.timelock.operations():
        outsider.timelock.execute(each).confirmed()
    assert (proposer.escrow.desk(), proposer.escrow.guardian()) == (NINE, NINE)
    assert {each.state for each in proposer.timelock.operations()} == {OperationState.DONE}


def test_roles_move_through_the_timelock_alone(proposer: IFX, outsider: IFX) -> None:
    """Not even a proposer grants anything at once; giving up one's own role takes nobody."""
    roles = proposer.timelock
    for function in ("grantRole", "revokeRole"):
        with pytest.raises(RoleMissing):
            roles.send(roles.prepare(function, ROLES["proposer"], NINE))
    with pytest.raises(RenouncedForAnother):
        roles.send(roles.prepare("renounceRole", ROLES["proposer"], NINE))
    devnet.by_owner(
        proposer,
        roles.prepare("grantRole", *role_arguments("proposer", NINE)),
        roles.prepare("revokeRole", *role_arguments("executor", ZERO)),
    )
    assert roles.holders()["proposer"] == (dev_address(devnet.DEPLOYER), NINE)
    assert roles.holders()["executor"] == ()
    outsider.timelock.schedule(to_set_desk(outsider)).confirmed()
    roles.send(roles.prepare("renounceRole", ROLES["proposer"], proposer.account)).confirmed()
    assert roles.holders()["proposer"] == (NINE,)
    assert roles.has_role("proposer", NINE)
    assert not roles.has_role("proposer", proposer.account)


def test_no_role_that_grants_roles_is_given_away() -> None:
    """An admin outside would need no 7 days."""
    for role in ("admin", "owner", ""):
        with pytest.raises(BadValue, match="it is no role that the timelock gives away"):
            role_arguments(role, NINE)


# ------------------------------------------------------------------------------------------------------------- ids


@settings(max_examples=60, deadline=None)
@given(
    payload=st.binary(max_size=1_024),
    salt=st.binary(min_size=32, max_size=32),
    predecessor=st.binary(min_size=32, max_size=32),
    amount=st.integers(0, 2**256 - 1),
    target=st.integers(0, 2**160 - 1),
)
def test_the_id_is_the_contracts_own(
    timelock: IFX, payload: bytes, salt: bytes, predecessor: bytes, amount: int, target: int
) -> None:
    """The same 32 bytes for any operation, without a chain."""
    operation = Operation(target=f"0x{target:040x}", payload=payload, salt=salt, predecessor=predecessor, amount=amount)
    assert hash_operation(operation) == operation.id == timelock.timelock.onchain_id(operation)


@pytest.fixture(scope="module")
def timelock() -> IFX:
    """A deployment that nothing changes."""
    return devnet.start(Chain(LocalChain(timestamp=START).web3), [GPT])


def test_an_operation_has_its_form() -> None:
    """1,024 bytes of payload, 32 of salt and predecessor, an address; one more or less is refused."""
    good = Operation(target=NINE, payload=bytes(1_024), salt=bytes(32))
    assert good.predecessor == NOTHING
    for changes, error in (
        ({"payload": bytes(1_025)}, BadValue),
        ({"salt": bytes(31)}, BadValue),
        ({"predecessor": bytes(33)}, BadValue),
        ({"target": "0x12"}, BadAddress),
    ):
        with pytest.raises(error):
            replace(good, **changes)  # type: ignore[arg-type]


def test_call_data_is_decoded_by_the_targets_abi(proposer: IFX) -> None:
    """Strange targets, functions and damaged arguments come out as unknown, never as an error."""
    data = proposer.escrow.prepare("list_underlying", GPT, 5).data
    timelock = proposer.timelock
    operation = to_set_desk(proposer)
    known = timelock.decode(replace(operation, payload=data))
    assert known == OwnerCall(contract="ForwardEscrow", function="list_underlying", arguments={"name": GPT, "lot": 5})
    for payload in (b"", b"\1\2\3\4", data[:40]):
        unknown = timelock.decode(replace(operation, payload=payload))
        assert unknown == OwnerCall(contract="ForwardEscrow", function="", arguments={})
    assert timelock.decode(replace(operation, target=NINE)) == OwnerCall(contract="", function="", arguments={})
    assert codec("ForwardEscrow").decode_call(data) == ("list_underlying", {"name": GPT, "lot": 5})


# ------------------------------------------------------------------------------------------------------- preflight


def test_every_owners_call_can_be_proposed_and_does_what_it_says(proposer: IFX) -> None:
    """All of escrow and oracle and the timelock's own; each executed, each read back."""
    day = START // DAY + 40
    eight = dev_address(8)
    calls: list[tuple[Contract, str, tuple[object, ...], Callable[[], object], object]] = [
        (proposer.escrow, "list_underlying", (LUNA, 7), lambda: proposer.escrow.lot_of(LUNA), 7),
        (proposer.escrow, "delist_underlying", (GPT,), lambda: proposer.escrow.lot_of(GPT), 0),
        (proposer.escrow, "set_desk", (eight,), proposer.escrow.desk, eight),
        (proposer.escrow, "set_guardian", (eight,), proposer.escrow.guardian, eight),
        (proposer.escrow, "set_fee_recipient", (eight,), proposer.escrow.fee_recipient, eight),
        (proposer.oracle, "add_underlying", ("a/b", False), lambda: proposer.oracle.index_of("a/b"), 3),
        (proposer.oracle, "set_reviewer", (eight,), proposer.oracle.reviewer, eight),
        (proposer.oracle, "transfer_ownership", (eight,), proposer.oracle.pending_owner, eight),
        (proposer.escrow, "transfer_ownership", (eight,), proposer.escrow.pending_owner, eight),
        (proposer.timelock, "grantRole", role_arguments("canceller", eight),
         lambda: proposer.timelock.has_role("canceller", eight), True),
        (proposer.timelock, "revokeRole", role_arguments("executor", ZERO),
         lambda: proposer.timelock.holders()["executor"], ()),
        (proposer.oracle, "schedule_signers", ([eight], 1, day),
         lambda: proposer.oracle.signers_on(day).signers, (eight,)),
    ]  # fmt: skip
    found = [propose(proposer, contract, function, *args) for contract, function, args, _, _ in calls]
    assert [each.what.function for each in found] == [function for _, function, *_ in calls]
    for each in found:
        proposer.timelock.schedule(each.operation).confirmed()
    devnet.travel(proposer, START + 8 * DAY)
    for each in sorted(found, key=lambda each: each.what.function == "revokeRole"):
        proposer.timelock.execute(proposer.timelock.operation(each.operation.id)).confirmed()
    assert [read() for *_, read, _ in calls] == [wanted for *_, wanted in calls]


def test_what_the_contract_would_refuse_today_is_not_proposed(proposer: IFX) -> None:
    """Unless it follows an operation that may change that; one that is done changes nothing any more."""
    with pytest.raises(OracleDoesNotKnow, match=r"ForwardEscrow\.list_underlying would be refused") as refused:
        propose(proposer, proposer.escrow, "list_underlying", "a/b", 1)
    assert "--after" in refused.value.cure
    with pytest.raises(NameTaken):
        propose(proposer, proposer.oracle, "add_underlying", GPT, False)
    with pytest.raises(BadValue, match="no operation of that id is proposed"):
        propose(proposer, proposer.escrow, "list_underlying", "a/b", 1, after=b"\1" * 32)
    adding = propose(proposer, proposer.oracle, "add_underlying", "a/b", False)
    proposer.timelock.schedule(adding.operation).confirmed()
    listing = propose(proposer, proposer.escrow, "list_underlying", "a/b", 1, after=adding.operation.id)
    assert (adding.doubt, listing.doubt) == ("", "escrow: oracle does not know it")
    proposer.timelock.schedule(listing.operation).confirmed()
    devnet.travel(proposer, START + 8 * DAY)
    for each in (adding, listing):
        proposer.timelock.execute(proposer.timelock.operation(each.operation.id)).confirmed()
    assert proposer.escrow.lot_of("a/b") == 1
    with pytest.raises(OracleDoesNotKnow):
        propose(proposer, proposer.escrow, "list_underlying", "a/c", 1, after=adding.operation.id)


def test_what_cannot_be_undone_is_warned_of(proposer: IFX) -> None:
    """Another owner, and the last holder of a role; not a role that somebody else still holds."""
    (deployer,) = proposer.timelock.holders()["proposer"]
    handing_over = propose(proposer, proposer.escrow, "transfer_ownership", NINE)
    assert "check that it is a timelock" in handing_over.warning
    last = propose(proposer, proposer.timelock, "revokeRole", *role_arguments("proposer", deployer))
    assert last.warning.startswith("nobody would be proposer any more")
    devnet.by_owner(proposer, proposer.timelock.prepare("grantRole", *role_arguments("proposer", NINE)))
    assert propose(proposer, proposer.timelock, "revokeRole", *role_arguments("proposer", deployer)).warning == ""
    assert propose(proposer, proposer.escrow, "set_desk", NINE).warning == ""


def test_an_equal_proposal_needs_another_salt(proposer: IFX) -> None:
    """It is told that it exists, and where it stands; once more is asked for, or a salt is given."""

    def desk(**more: object) -> Proposal:
        return propose(proposer, proposer.escrow, "set_desk", NINE, **more)  # type: ignore[arg-type]

    first = desk()
    assert first.operation.salt == SALT == desk().operation.salt
    proposer.timelock.schedule(first.operation).confirmed()
    with pytest.raises(AlreadyProposed, match="exists already: it is waiting, executable from 2026-07-22") as refused:
        desk()
    assert "--again" in refused.value.cure
    with pytest.raises(AlreadyProposed):
        proposer.timelock.schedule(first.operation)
    with pytest.raises(AlreadyProposed):
        proposer.timelock.send(proposer.timelock.prepare_schedule(first.operation))
    second = desk(again=True)
    assert second.operation.salt == default_salt(1)
    proposer.timelock.schedule(second.operation).confirmed()
    assert desk(again=True).operation.salt == default_salt(2)
    assert desk(salt=b"\5" * 32).operation.salt == b"\5" * 32
    with pytest.raises(AlreadyProposed):
        desk(salt=SALT, again=True)
    assert len(proposer.timelock.operations()) == 2


def test_new_signers_need_fifteen_days(proposer: IFX) -> None:
    """Seven of the timelock and eight of the oracle: a day less is refused here, for it would be on the last day."""
    earliest = START // DAY + 15
    nodes = [dev_address(each) for each in (4, 5, 6, 7)]
    with pytest.raises(TooSoon, match="2026-07-30 at the earliest, not 2026-07-29"):
        propose(proposer, proposer.oracle, "schedule_signers", nodes, 3, earliest - 1)
    found = propose(proposer, proposer.oracle, "schedule_signers", nodes, 3, earliest)
    assert found.execute_before == (START // DAY + 8) * DAY
    assert found.executable_from < found.execute_before
    proposer.timelock.schedule(found.operation).confirmed()
    assert found.execute_before is not None
    devnet.travel(proposer, found.execute_before - 2)
    proposer.timelock.execute(proposer.timelock.operation(found.operation.id)).confirmed()
    assert proposer.oracle.signers_on(earliest).from_day == earliest


def test_a_set_that_is_executed_too_late_is_refused(proposer: IFX) -> None:
    """From that midnight on it is less than 8 days ahead: it never takes effect without its notice."""
    found = propose(proposer, proposer.oracle, "schedule_signers", [NINE], 1, START // DAY + 15)
    proposer.timelock.schedule(found.operation).confirmed()
    assert found.execute_before is not None
    devnet.travel(proposer, found.execute_before)
    with pytest.raises(TooSoon):
        proposer.timelock.execute(proposer.timelock.operation(found.operation.id))


def test_a_set_that_does_not_fit_is_refused_here(proposer: IFX) -> None:
    """27 signers fill 996 of 1,024 bytes; 28 would be refused by the timelock without a reason."""
    day = START // DAY + 20
    nodes = [dev_address(100 + each) for each in range(MAX_PROPOSED_SIGNERS + 1)]
    with pytest.raises(BadValue, match="do not fit into an operation") as refused:
        propose(proposer, proposer.oracle, "schedule_signers", nodes, 19, day)
    assert "at most 27" in refused.value.cure
    found = propose(proposer, proposer.oracle, "schedule_signers", nodes[:-1], 19, day)
    assert len(found.operation.payload) == 996
    proposer.timelock.schedule(found.operation).confirmed()
    devnet.travel(proposer, START + 8 * DAY)
    proposer.timelock.execute(proposer.timelock.operation(found.operation.id)).confirmed()
    assert len(proposer.oracle.signers_on(day).signers) == 27


def test_an_operation_that_never_was_is_named(outsider: IFX) -> None:
    """Its id, and where the list is."""
    with pytest.raises(OperationNotReady, match="was ever proposed") as refused:
        outsider.timelock.operation(b"\7" * 32)
    assert "ifx admin show" in refused.value.cure
    assert outsider.timelock.state(b"\7" * 32) is OperationState.UNKNOWN
    assert outsider.timelock.ready_at(b"\7" * 32) is None
