"""The owner of oracle and escrow on chain: 7 days for everything, nobody outside who could shorten them."""

from collections.abc import Callable
from typing import Any

import boa
import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from support.protocol import DAY, GPT, LOT, ZERO, Protocol, contract, party, refused

DELAY = 7 * DAY
NOTHING = bytes(32)
ADMIN, PROPOSER, CANCELLER, EXECUTOR = (
    NOTHING,
    *(keccak(text=f"{name}_ROLE") for name in ("PROPOSER", "CANCELLER", "EXECUTOR")),
)
MULTISIG, OTHER = party("multisig"), party("another multisig")
NEXT = party("next").address


def upcoming() -> str:
    """The address of the deployer's next contract, asked for on a copy of the state."""
    with boa.env.anchor():
        return str(boa.env.evm.generate_create_address(boa.env._get_sender(party("deployer").address)))


def deploy(proposers: list[str], owned: list[str]) -> Any:
    return contract("contracts/Timelock.vy").deploy(proposers, owned, sender=party("deployer").address)


class Owned:
    """The protocol with a timelock as its owner."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        address = upcoming()
        for each in (protocol.oracle, protocol.escrow):
            each.transfer_ownership(address, sender=protocol.owner.address)
        self.timelock = deploy([MULTISIG.address], [protocol.oracle.address, protocol.escrow.address])

    def operation(self, target: Any, function: str, *args: Any, salt: int = 0) -> tuple[Any, ...]:
        payload = getattr(target, function).prepare_calldata(*args)
        return target.address, 0, payload, NOTHING, salt.to_bytes(32, "big")

    def schedule(self, operation: tuple[Any, ...], delay: int = DELAY, by: str = MULTISIG.address) -> None:
        self.timelock.schedule(*operation, delay, sender=by)

    def execute(self, operation: tuple[Any, ...]) -> None:
        self.timelock.execute(*operation, sender=self.protocol.outsider.address)

    def do(self, target: Any, function: str, *args: Any, salt: int = 0) -> None:
        """Propose, wait, execute."""
        operation = self.operation(target, function, *args, salt=salt)
        self.schedule(operation)
        self.protocol.travel(self.protocol.now + DELAY)
        self.execute(operation)


@pytest.fixture
def owned(protocol: Protocol) -> Owned:
    """Oracle and escrow in the hands of a timelock with one proposer."""
    return Owned(protocol)


# ------------------------------------------------------------------------------------------------------ deployment


def test_the_timelock_takes_both_over_when_it_is_created(owned: Owned) -> None:
    """No moment in which another account owns them, and nobody is about to."""
    for each in (owned.protocol.oracle, owned.protocol.escrow):
        assert each.owner() == owned.timelock.address
        assert each.pending_owner() == ZERO


def test_the_delay_is_seven_days_and_nothing_changes_it(owned: Owned) -> None:
    """`update_delay` and `set_role_admin` are not there: not even an operation of the timelock itself reaches them."""
    assert owned.timelock.get_minimum_delay() == 604_800
    for signature in ("update_delay(uint256)", "set_role_admin(bytes32,bytes32)", "onERC721Received()"):
        payload = keccak(text=signature)[:4] + bytes(64)
        operation = (owned.timelock.address, 0, payload, NOTHING, NOTHING)
        owned.schedule(operation)
        with boa.env.anchor():
            owned.protocol.travel(owned.protocol.now + DELAY)
            with refused("timelock_controller: underlying transaction reverted"):
                owned.execute(operation)


def test_only_the_timelock_administers_and_anyone_executes(owned: Owned) -> None:
    """The deployer keeps nothing; proposers propose and cancel."""
    deployer = party("deployer").address
    holders = {
        ADMIN: {owned.timelock.address},
        PROPOSER: {MULTISIG.address},
        CANCELLER: {MULTISIG.address},
        EXECUTOR: {ZERO},
    }
    everybody = {owned.timelock.address, MULTISIG.address, OTHER.address, deployer, ZERO, owned.protocol.owner.address}
    for role, accounts in holders.items():
        assert {each for each in everybody if owned.timelock.hasRole(role, each)} == accounts
        assert owned.timelock.getRoleAdmin(role) == ADMIN


def test_a_timelock_needs_proposers(protocol: Protocol) -> None:
    """None, or zero among them, is refused; up to 16 are taken."""
    with refused("timelock: no proposer"):
        deploy([], [])
    with refused("timelock: proposer is zero"):
        deploy([MULTISIG.address, ZERO], [])
    sixteen = [party(f"proposer {each}").address for each in range(16)]
    timelock = deploy(sixteen, [])
    assert all(timelock.hasRole(PROPOSER, each) and timelock.hasRole(CANCELLER, each) for each in sixteen)


def test_a_timelock_that_was_offered_nothing_is_not_created(protocol: Protocol) -> None:
    """Another transaction came in between, so that the offer is to another address: nothing is half done."""
    address = upcoming()
    protocol.oracle.transfer_ownership(address, sender=protocol.owner.address)
    with refused("ownable_2step: caller is not the new owner"):
        deploy([MULTISIG.address], [protocol.oracle.address, protocol.escrow.address])
    assert protocol.oracle.owner() == protocol.owner.address
    again = upcoming()
    assert again != address
    for each in (protocol.oracle, protocol.escrow):
        each.transfer_ownership(again, sender=protocol.owner.address)
    timelock = deploy([MULTISIG.address], [protocol.oracle.address, protocol.escrow.address])
    assert protocol.oracle.owner() == protocol.escrow.owner() == timelock.address == again


# ---------------------------------------------------------------------------------------------------------- 7 days


def test_seven_days_to_the_second(owned: Owned) -> None:
    """A second before it is refused; then anyone executes it, once."""
    operation = owned.operation(owned.protocol.escrow, "set_desk", NEXT)
    owned.schedule(operation)
    owned.protocol.travel(owned.protocol.now + DELAY - 1)
    with refused("timelock_controller: operation is not ready"):
        owned.execute(operation)
    owned.protocol.travel(owned.protocol.now + 1)
    owned.execute(operation)
    assert owned.protocol.escrow.desk() == NEXT
    with refused("timelock_controller: operation is not ready"):
        owned.execute(operation)


@pytest.mark.parametrize("batch", [False, True])
def test_an_operation_that_nobody_executed_is_void_after_14_days(owned: Owned, batch: bool) -> None:
    """To the second; what was forgotten cannot be executed at somebody's leisure, and can be proposed again."""
    timelock, escrow = owned.timelock, owned.protocol.escrow
    single = owned.operation(escrow, "set_desk", NEXT)
    many = ([single[0]], [0], [single[2]], NOTHING, NOTHING)
    schedule, execute, hashed = (
        (timelock.schedule_batch, timelock.execute_batch, timelock.hash_operation_batch)
        if batch
        else (timelock.schedule, timelock.execute, timelock.hash_operation)
    )
    operation = many if batch else single
    schedule(*operation, DELAY, sender=MULTISIG.address)
    owned.protocol.travel(owned.protocol.now + DELAY + 14 * DAY)
    with boa.env.anchor():
        execute(*operation)
        assert escrow.desk() == NEXT
    owned.protocol.travel(owned.protocol.now + 1)
    with refused("timelock: operation expired"):
        execute(*operation)
    timelock.cancel(hashed(*operation), sender=MULTISIG.address)
    schedule(*operation, DELAY, sender=MULTISIG.address)
    owned.protocol.travel(owned.protocol.now + DELAY)
    execute(*operation)
    assert escrow.desk() == NEXT


def test_of_two_operations_anyone_chooses_the_order_unless_one_names_the_other(owned: Owned) -> None:
    """So who needs an order names a predecessor."""
    escrow = owned.protocol.escrow
    first, free = owned.operation(escrow, "set_desk", NEXT), owned.operation(escrow, "set_desk", OTHER.address)
    id = owned.timelock.hash_operation(*first)
    bound = (*free[:3], id, free[4])
    for operation in (first, free, bound):
        owned.schedule(operation)
    owned.protocol.travel(owned.protocol.now + DELAY)
    with refused("timelock_controller: missing dependency"):
        owned.execute(bound)
    owned.execute(free)
    owned.execute(first)
    owned.execute(bound)
    assert escrow.desk() == OTHER.address


def test_one_proposer_can_stop_all_and_do_nothing_sooner(owned: Owned) -> None:
    """A stolen proposer's worst: it cancels every operation, its own removal included. No forward needs one."""
    removal = owned.operation(owned.timelock, "revokeRole", PROPOSER, MULTISIG.address)
    owned.do(owned.timelock, "grantRole", PROPOSER, OTHER.address)
    owned.schedule(removal, by=OTHER.address)
    owned.timelock.cancel(owned.timelock.hash_operation(*removal), sender=MULTISIG.address)
    owned.protocol.travel(owned.protocol.now + DELAY)
    with refused("timelock_controller: operation is not ready"):
        owned.execute(removal)
    with refused("ownable: caller is not the owner"):
        owned.protocol.escrow.set_desk(NEXT, sender=MULTISIG.address)


def test_no_shorter_delay_is_accepted(owned: Owned) -> None:
    """A longer one is."""
    operation = owned.operation(owned.protocol.escrow, "set_desk", NEXT)
    for delay in (0, DELAY - 1):
        with refused("timelock_controller: insufficient delay"):
            owned.schedule(operation, delay)
    owned.schedule(operation, DELAY + 1)


def test_what_is_executed_is_what_was_proposed(owned: Owned) -> None:
    """Another target, amount, payload, predecessor or salt is another operation, which nobody proposed."""
    operation = owned.operation(owned.protocol.escrow, "set_desk", NEXT)
    owned.schedule(operation)
    owned.protocol.travel(owned.protocol.now + DELAY)
    changes = (owned.protocol.oracle.address, 1, operation[2] + b"\0", b"\1" * 32, b"\2" * 32)
    for place, value in enumerate(changes):
        other = (*operation[:place], value, *operation[place + 1 :])
        with refused("timelock_controller: operation is not ready"):
            owned.execute(other)
    owned.execute(operation)


CALLS: list[tuple[str, str, Callable[[Protocol], tuple[Any, ...]]]] = [
    ("escrow", "list_underlying", lambda protocol: (GPT, 2 * LOT)),
    ("escrow", "delist_underlying", lambda protocol: (GPT,)),
    ("escrow", "set_desk", lambda protocol: (NEXT,)),
    ("escrow", "set_guardian", lambda protocol: (NEXT,)),
    ("escrow", "set_fee_recipient", lambda protocol: (NEXT,)),
    ("escrow", "transfer_ownership", lambda protocol: (NEXT,)),
    ("oracle", "add_underlying", lambda protocol: ("openai/gpt-5", False)),
    ("oracle", "set_reviewer", lambda protocol: (NEXT,)),
    ("oracle", "schedule_signers", lambda protocol: ([NEXT], 1, protocol.today + 15)),
    ("oracle", "transfer_ownership", lambda protocol: (NEXT,)),
]


@pytest.mark.parametrize(("name", "function", "arguments"), CALLS, ids=[f"{c[0]}.{c[1]}" for c in CALLS])
def test_every_call_of_the_owner_goes_through_it_alone(
    owned: Owned, name: str, function: str, arguments: Callable[[Protocol], tuple[Any, ...]]
) -> None:
    """The former owner, the deployer and the proposer are refused; the timelock does it after its 7 days."""
    target = getattr(owned.protocol, name)
    given = arguments(owned.protocol)
    for who in (owned.protocol.owner, party("deployer"), MULTISIG):
        with refused("ownable: caller is not the owner"):
            getattr(target, function)(*given, sender=who.address)
    owned.do(target, function, *given)


def test_what_a_call_is_refused_for_comes_out_and_it_can_be_tried_again(owned: Owned) -> None:
    """The target's own reason; the operation stays ready until it succeeds or is cancelled."""
    listing = owned.operation(owned.protocol.escrow, "list_underlying", "openai/gpt-5", LOT)
    owned.schedule(listing)
    owned.protocol.travel(owned.protocol.now + DELAY)
    with refused("escrow: oracle does not know it"):
        owned.execute(listing)
    owned.do(owned.protocol.oracle, "add_underlying", "openai/gpt-5", False)
    owned.execute(listing)
    assert owned.protocol.escrow.lot_of("openai/gpt-5") == LOT


def test_a_set_of_27_signers_fits_and_one_of_28_does_not(owned: Owned) -> None:
    """1,024 bytes hold 996 of the one, and 1,028 of the other are refused without a reason."""
    nodes = [party(f"new node {each}").address for each in range(28)]
    day = owned.protocol.today + 20
    with refused(None):
        owned.schedule(owned.operation(owned.protocol.oracle, "schedule_signers", nodes, 19, day))
    owned.do(owned.protocol.oracle, "schedule_signers", nodes[:27], 19, day)
    assert list(owned.protocol.oracle.signers_on(day).signers) == nodes[:27]


def test_a_new_set_of_signers_is_public_for_15_days(owned: Owned) -> None:
    """7 as an operation and 8 announced: none that takes effect earlier can be executed."""
    first = owned.protocol.today + 15
    early = owned.operation(owned.protocol.oracle, "schedule_signers", [NEXT], 1, first - 1)
    lawful = owned.operation(owned.protocol.oracle, "schedule_signers", [NEXT], 1, first)
    owned.schedule(early)
    owned.schedule(lawful)
    owned.protocol.travel(owned.protocol.now + DELAY)
    with refused("oracle: less than 8 days ahead"):
        owned.execute(early)
    owned.execute(lawful)
    assert list(owned.protocol.oracle.signers_on(first - 1).signers) == [each.address for each in owned.protocol.nodes]
    assert list(owned.protocol.oracle.signers_on(first).signers) == [NEXT]


# ------------------------------------------------------------------------------------------------------- proposers


def test_only_proposers_propose_and_only_cancellers_cancel(owned: Owned) -> None:
    """The former owner and an outsider do neither; what was cancelled cannot be executed."""
    operation = owned.operation(owned.protocol.escrow, "set_desk", NEXT)
    id = owned.timelock.hash_operation(*operation)
    for who in (owned.protocol.owner, owned.protocol.outsider, party("deployer")):
        with refused("access_control: account is missing role"):
            owned.schedule(operation, by=who.address)
    owned.schedule(operation)
    with refused("timelock_controller: operation already scheduled"):
        owned.schedule(operation)
    with refused("access_control: account is missing role"):
        owned.timelock.cancel(id, sender=owned.protocol.outsider.address)
    owned.timelock.cancel(id, sender=MULTISIG.address)
    with refused("timelock_controller: operation cannot be cancelled"):
        owned.timelock.cancel(id, sender=MULTISIG.address)
    owned.protocol.travel(owned.protocol.now + DELAY)
    with refused("timelock_controller: operation is not ready"):
        owned.execute(operation)


def test_roles_are_granted_by_its_own_operations_alone(owned: Owned) -> None:
    """Nobody grants at once, the proposer neither; what an operation granted can be revoked by another."""
    for who in (MULTISIG, party("deployer"), owned.protocol.owner):
        for function in ("grantRole", "revokeRole"):
            with refused("access_control: account is missing role"):
                getattr(owned.timelock, function)(PROPOSER, OTHER.address, sender=who.address)
    owned.do(owned.timelock, "grantRole", PROPOSER, OTHER.address)
    assert owned.timelock.hasRole(PROPOSER, OTHER.address)
    owned.do(owned.timelock, "revokeRole", PROPOSER, MULTISIG.address)
    operation = owned.operation(owned.protocol.escrow, "set_desk", NEXT)
    with refused("access_control: account is missing role"):
        owned.schedule(operation)
    owned.schedule(operation, by=OTHER.address)


def test_a_batch_is_all_or_nothing(owned: Owned) -> None:
    """One call that is refused leaves the others undone."""
    escrow = owned.protocol.escrow
    good, bad = escrow.set_desk.prepare_calldata(NEXT), escrow.delist_underlying.prepare_calldata("openai/absent")
    for payloads, reason in (([good, bad], "escrow: nothing to delist"), ([good, good], "")):
        batch = [escrow.address] * 2, [0, 0], payloads, NOTHING, NOTHING
        owned.timelock.schedule_batch(*batch, DELAY, sender=MULTISIG.address)
        owned.protocol.travel(owned.protocol.now + DELAY)
        if not reason:
            owned.timelock.execute_batch(*batch)
            continue
        with refused(reason):
            owned.timelock.execute_batch(*batch)
        assert escrow.desk() == owned.protocol.desk.address
    assert escrow.desk() == NEXT
    with refused("timelock_controller: length mismatch"):
        owned.timelock.schedule_batch([escrow.address], [], [good], NOTHING, NOTHING, DELAY, sender=MULTISIG.address)


def logged(timelock: Any) -> list[tuple[str, dict[str, Any]]]:
    """The events of the last call, of the timelock alone, in order."""
    return [
        (type(log).__name__, {name: value for name, value in log._asdict().items() if name != "address"})
        for log in timelock.get_logs()
        if str(log.address) == timelock.address
    ]


def test_an_execution_is_told_call_by_call(owned: Owned) -> None:
    """Whole events, of one call and of two, from which a reader of the chain knows what the owner did."""
    escrow = owned.protocol.escrow
    single = owned.operation(escrow, "set_desk", NEXT)
    payloads = [escrow.set_guardian.prepare_calldata(NEXT), escrow.set_desk.prepare_calldata(OTHER.address)]
    batch = [escrow.address] * 2, [0, 0], payloads, NOTHING, NOTHING
    owned.schedule(single)
    owned.timelock.schedule_batch(*batch, DELAY, sender=MULTISIG.address)
    owned.protocol.travel(owned.protocol.now + DELAY)
    told = {"target": escrow.address, "amount": 0}
    id = owned.timelock.hash_operation(*single)
    owned.execute(single)
    assert logged(owned.timelock) == [("CallExecuted", {"id": id, "index": 0, **told, "payload": single[2]})]
    id = owned.timelock.hash_operation_batch(*batch)
    owned.timelock.execute_batch(*batch)
    assert logged(owned.timelock) == [
        ("CallExecuted", {"id": id, "index": place, **told, "payload": payload})
        for place, payload in enumerate(payloads)
    ]


def test_execution_can_be_closed_to_all_but_some(owned: Owned) -> None:
    """By operations of its own: then strangers are refused, one call or many."""
    timelock = owned.timelock
    owned.do(timelock, "grantRole", EXECUTOR, OTHER.address)
    owned.do(timelock, "revokeRole", EXECUTOR, ZERO)
    operation = owned.operation(owned.protocol.escrow, "set_desk", NEXT)
    batch = [operation[0]], [0], [operation[2]], NOTHING, NOTHING
    owned.schedule(operation)
    timelock.schedule_batch(*batch, DELAY, sender=MULTISIG.address)
    owned.protocol.travel(owned.protocol.now + DELAY)
    with refused("access_control: account is missing role"):
        owned.execute(operation)
    with refused("access_control: account is missing role"):
        timelock.execute_batch(*batch, sender=owned.protocol.outsider.address)
    timelock.execute(*operation, sender=OTHER.address)
    timelock.execute_batch(*batch, sender=OTHER.address)


def test_a_batch_holds_255_calls_and_no_more(owned: Owned) -> None:
    """All of them are made; a list with one more is refused before it is read."""
    calls = [owned.protocol.escrow.address] * 255
    payload = owned.protocol.escrow.set_desk.prepare_calldata(NEXT)
    batch = calls, [0] * 255, [payload] * 255, NOTHING, NOTHING
    owned.timelock.schedule_batch(*batch, DELAY, sender=MULTISIG.address)
    owned.protocol.travel(owned.protocol.now + DELAY)
    with refused(None):
        owned.timelock.execute_batch(calls * 2, [0] * 510, [payload] * 510, NOTHING, NOTHING)
    owned.timelock.execute_batch(*batch)
    assert len(logged(owned.timelock)) == 255


def test_a_batch_of_nothing_does_nothing(owned: Owned) -> None:
    """It is an operation like any other, and done once."""
    empty = [], [], [], NOTHING, NOTHING
    owned.timelock.schedule_batch(*empty, DELAY, sender=MULTISIG.address)
    owned.protocol.travel(owned.protocol.now + DELAY)
    owned.timelock.execute_batch(*empty)
    assert owned.timelock.is_operation_done(owned.timelock.hash_operation_batch(*empty))
    with refused("timelock_controller: operation is not ready"):
        owned.timelock.execute_batch(*empty)


def test_the_timelock_takes_no_money(owned: Owned) -> None:
    """It has no use for any: a plain transfer is refused, and it holds none."""
    boa.env.set_balance(MULTISIG.address, 10**18)
    assert boa.env.execute_code(to_address=owned.timelock.address, sender=MULTISIG.address, value=1).is_error
    assert boa.env.get_balance(owned.timelock.address) == 0


def test_the_id_is_the_hash_of_all_its_parts(owned: Owned) -> None:
    """As the SDK computes it."""
    operation = owned.operation(owned.protocol.escrow, "set_desk", NEXT, salt=7)
    plain = keccak(encode(["address", "uint256", "bytes", "bytes32", "bytes32"], operation))
    assert owned.timelock.hash_operation(*operation) == plain


def test_a_timelock_that_nobody_can_use_locks_nobody_in(owned: Owned, protocol: Protocol) -> None:
    """The last proposer gives up its roles: no setting changes ever again, and forwards go on."""
    for role in (PROPOSER, CANCELLER):
        owned.timelock.renounceRole(role, MULTISIG.address, sender=MULTISIG.address)
    with refused("access_control: account is missing role"):
        owned.schedule(owned.operation(protocol.escrow, "set_desk", NEXT))
    protocol.post()
    terms, id = protocol.booked()
    protocol.mature(terms, 4_320_000)
    protocol.escrow.settle(id)
    free = protocol.escrow.balance_of(protocol.long.address)
    assert free > 0
    protocol.escrow.withdraw(free, protocol.long.address, sender=protocol.long.address)
