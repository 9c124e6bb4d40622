"""What the escrow does when the token misbehaves: nothing half done, and every exit open that the token leaves open."""

from typing import Any

import boa
import pytest
from support.protocol import GPT, LOT, SPOT, Protocol, booked_event, mock, refused, required, transfer_event

ID = b"\1" * 32


def steps_that_pull(protocol: Protocol) -> dict[str, Any]:
    """Every call that takes tokens, ready to be made."""
    terms = protocol.terms()
    signed = protocol.approvals(terms)
    escrow = protocol.escrow
    return {
        "deposit": lambda: escrow.deposit(1_000_000_000, sender=protocol.long.address),
        "deposit_for": lambda: escrow.deposit_for(protocol.short.address, 1_000_000_000, sender=protocol.long.address),
        "book": lambda: escrow.book(terms.as_tuple(), *signed, sender=protocol.desk.address),
    }


PULLS = ("deposit", "deposit_for", "book")

# ------------------------------------------------------------------------------------------------------ USDT's switches


@pytest.mark.parametrize("step", PULLS)
def test_nothing_is_pulled_while_a_fee_is_on(open_day: Protocol, step: str) -> None:
    """Less would arrive than is credited: refused, nothing changed, and taken again once the fee is off."""
    open_day.token.set_fee(1, 50 * 10**6, sender=open_day.issuer.address)
    call, before = steps_that_pull(open_day)[step], open_day.money()
    with refused("ledger: token did not deliver"):
        call()
    assert open_day.money() == before
    open_day.token.set_fee(0, 0, sender=open_day.issuer.address)
    call()


@pytest.mark.parametrize("step", PULLS)
def test_nothing_is_pulled_while_the_token_is_paused(open_day: Protocol, step: str) -> None:
    """The token's own reason comes through, nothing changed."""
    open_day.token.set_paused(True, sender=open_day.issuer.address)
    call, before = steps_that_pull(open_day)[step], open_day.money()
    with refused("usdt: pulls are paused"):
        call()
    assert open_day.money() == before
    open_day.token.set_paused(False, sender=open_day.issuer.address)
    call()


@pytest.mark.parametrize("side", ["long", "short"])
def test_a_blacklisted_side_does_not_book(open_day: Protocol, side: str) -> None:
    """Its wallet cannot pay, and the other side has lost nothing."""
    terms, who = open_day.terms(), getattr(open_day, side)
    open_day.token.set_blacklisted(who.address, True, sender=open_day.issuer.address)
    before = open_day.money()
    with refused("usdt: payer is blacklisted"):
        open_day.book(terms)
    assert open_day.money() == before
    assert open_day.escrow.forward(open_day.id_of(terms)).status == 0
    open_day.token.set_blacklisted(who.address, False, sender=open_day.issuer.address)
    open_day.book(terms)


def test_free_balances_book_whatever_the_token_does(open_day: Protocol) -> None:
    """Where nothing has to be pulled the token is not even asked."""
    terms = open_day.terms()
    for side, need in zip((open_day.long, open_day.short), required(terms), strict=True):
        open_day.escrow.deposit(need, sender=side.address)
    issuer = open_day.issuer.address
    open_day.token.set_fee(20, 50 * 10**6, sender=issuer)
    open_day.token.set_paused(True, sender=issuer)
    open_day.token.set_blacklisted(open_day.long.address, True, sender=issuer)
    assert open_day.book(terms).events == [booked_event(terms, open_day.id_of(terms))]


def test_settling_and_withdrawing_go_on_with_a_fee(open_day: Protocol) -> None:
    """The books stay exact; the token keeps its fee of what the receiver gets."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, 4_320_000)
    open_day.token.set_fee(20, 50 * 10**6, sender=open_day.issuer.address)
    open_day.escrow.settle(forward_id)
    payout, fee = 4_870_000_000_000, 50 * 10**6
    before = open_day.money()
    receipt = open_day.send(open_day.escrow.withdraw, payout, open_day.long, by=open_day.long)
    assert receipt.events[1:] == [
        transfer_event(open_day.escrow.address, open_day.issuer.address, fee),
        transfer_event(open_day.escrow.address, open_day.long.address, payout - fee),
    ]
    after = open_day.money()
    assert after["long"] == (0, before["long"][1] + payout - fee)
    assert after["escrow"][1] == before["escrow"][1] - payout
    open_day.escrow.withdraw(11_130_000_000_000, open_day.short.address, sender=open_day.short.address)


def test_a_paused_token_holds_withdrawals_and_nothing_else(open_day: Protocol) -> None:
    """Settlement goes on; balances wait, unharmed."""
    terms, forward_id = open_day.booked()
    open_day.mature(terms, SPOT)
    open_day.token.set_paused(True, sender=open_day.issuer.address)
    open_day.escrow.settle(forward_id)
    with refused("usdt: transfers are paused"):
        open_day.escrow.withdraw(1, open_day.long.address, sender=open_day.long.address)
    assert open_day.escrow.balance_of(open_day.long.address) == 8_550_000_000_000
    open_day.token.set_paused(False, sender=open_day.issuer.address)
    open_day.escrow.withdraw(8_550_000_000_000, open_day.long.address, sender=open_day.long.address)


def test_a_side_blacklisted_after_booking_blocks_nobody(open_day: Protocol) -> None:
    """The other side settles and is paid; its own payout waits, or goes to another account."""
    terms, forward_id = open_day.booked()
    open_day.token.set_blacklisted(open_day.long.address, True, sender=open_day.issuer.address)
    open_day.mature(terms, SPOT)
    open_day.escrow.settle(forward_id)
    open_day.escrow.withdraw(7_450_000_000_000, open_day.short.address, sender=open_day.short.address)
    open_day.escrow.withdraw(8_550_000_000_000, open_day.outsider.address, sender=open_day.long.address)


def test_a_deprecated_token_is_followed(open_day: Protocol) -> None:
    """Tether's successor holds the balances: bookings, settlements and withdrawals go on through the old address."""
    terms, forward_id = open_day.booked()
    upgraded = mock("upgraded_token").deploy(open_day.token.address)
    for who in (open_day.long.address, open_day.short.address, open_day.escrow.address):
        upgraded.migrate(who, open_day.token.balanceOf(who))
    open_day.token.deprecate(upgraded.address, sender=open_day.issuer.address)
    for side in (open_day.long, open_day.short):
        open_day.token.approve(open_day.escrow.address, 10**15, sender=side.address)
    open_day.booked()
    open_day.mature(terms, SPOT)
    open_day.escrow.settle(forward_id)
    before = open_day.token.balanceOf(open_day.long.address)
    open_day.escrow.withdraw(8_550_000_000_000, open_day.long.address, sender=open_day.long.address)
    assert open_day.token.balanceOf(open_day.long.address) == before + 8_550_000_000_000


def test_destroyed_funds_of_the_escrow_cannot_be_made_up(open_day: Protocol) -> None:
    """If the issuer freezes and burns them the last to withdraw finds nothing: the books know of no loss."""
    open_day.escrow.deposit(1_000, sender=open_day.long.address)
    open_day.token.set_blacklisted(open_day.escrow.address, True, sender=open_day.issuer.address)
    with refused("usdt: sender is blacklisted"):
        open_day.escrow.withdraw(1, open_day.long.address, sender=open_day.long.address)
    open_day.token.destroy_black_funds(open_day.escrow.address, sender=open_day.issuer.address)
    open_day.token.set_blacklisted(open_day.escrow.address, False, sender=open_day.issuer.address)
    with refused("usdt: balance too low"):
        open_day.escrow.withdraw(1_000, open_day.long.address, sender=open_day.long.address)
    assert open_day.escrow.balance_of(open_day.long.address) == 1_000


# -------------------------------------------------------------------------------------------------- a token that lies


@pytest.fixture
def hostile(protocol: Protocol) -> Protocol:
    """A deployment on a token that does as it is told, with today's fixing posted."""
    found = Protocol(token=mock("hostile_token").deploy(6))
    found.oracle.add_underlying(GPT, False, sender=found.owner.address)
    found.escrow.list_underlying(GPT, LOT, sender=found.owner.address)
    for who in (found.long, found.short):
        found.fund(who, 10**14, allowance=10**30)
    found.post()
    return found


def test_a_token_that_mints_at_will_cannot_block_a_settlement(hostile: Protocol) -> None:
    """No deposit fills a balance so far that crediting a payout would overflow and hold the other side's up."""
    terms, forward_id = hostile.booked()
    hostile.fund(hostile.outsider, 2**255, allowance=2**256 - 1)
    victim = hostile.long.address
    for amount in (2**128, 2**255):
        with refused("escrow: amount too large"):
            hostile.send(hostile.escrow.deposit_for, victim, amount, by=hostile.outsider)
    for _ in range(3):
        hostile.send(hostile.escrow.deposit_for, victim, 2**128 - 1, by=hostile.outsider)
    hostile.mature(terms, 4_320_000)
    hostile.send(hostile.escrow.settle, forward_id, by=hostile.short)
    assert hostile.escrow.balance_of(victim) == 3 * (2**128 - 1) + 4_870_000_000_000
    assert hostile.escrow.balance_of(hostile.short.address) == 11_130_000_000_000


@pytest.mark.parametrize("step", PULLS)
def test_an_honest_token_that_returns_true_is_taken(hostile: Protocol, step: str) -> None:
    """Unlike USDT; the same calls work."""
    steps_that_pull(hostile)[step]()
    assert hostile.money()["escrow"][1] > 0


@pytest.mark.parametrize("moves", [True, False])
@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("deposit", "ledger: token refused the pull"),
        ("deposit_for", "ledger: token refused the pull"),
        ("book", "ledger: token refused the pull"),
    ],
)
def test_a_returned_false_is_a_failure(hostile: Protocol, step: str, reason: str, moves: bool) -> None:
    """Whether or not the tokens moved all the same."""
    hostile.token.set_answers(False)
    hostile.token.set_moves(moves)
    call, before = steps_that_pull(hostile)[step], hostile.money()
    with refused(reason):
        call()
    assert hostile.money() == before
    hostile.token.set_answers(True)
    hostile.token.set_moves(True)
    call()


def test_a_returned_false_for_the_second_pull_is_a_failure(hostile: Protocol) -> None:
    """The long paid from its free balance, the token refuses the short's wallet: all is undone."""
    terms = hostile.terms()
    hostile.escrow.deposit(required(terms)[0], sender=hostile.long.address)
    hostile.token.set_answers(False)
    before = hostile.money()
    with refused("ledger: token refused a pull"):
        hostile.book(terms)
    assert hostile.money() == before
    hostile.token.set_answers(True)
    hostile.book(terms)


@pytest.mark.parametrize("step", PULLS)
@pytest.mark.parametrize("lie", [("set_moves", False), ("set_withheld", 1), ("set_added", 1)], ids=str)
def test_a_token_must_deliver_exactly(hostile: Protocol, step: str, lie: tuple[str, int]) -> None:
    """Nothing, a micro less and a micro more than the amount are all refused, though it returns true."""
    name, value = lie
    getattr(hostile.token, name)(value)
    call, before = steps_that_pull(hostile)[step], hostile.money()
    with refused("ledger: token did not deliver"):
        call()
    assert hostile.money() == before
    getattr(hostile.token, name)(name == "set_moves")
    call()


@pytest.mark.parametrize("moves", [True, False])
def test_a_withdrawal_that_the_token_refuses_leaves_the_balance(hostile: Protocol, moves: bool) -> None:
    """A returned false is a failure on the way out too."""
    hostile.escrow.deposit(50, sender=hostile.long.address)
    hostile.token.set_answers(False)
    hostile.token.set_moves(moves)
    before = hostile.money()
    with refused("ledger: token refused the transfer"):
        hostile.escrow.withdraw(50, hostile.long.address, sender=hostile.long.address)
    assert hostile.money() == before
    hostile.token.set_answers(True)
    hostile.token.set_moves(True)
    hostile.escrow.withdraw(50, hostile.long.address, sender=hostile.long.address)
    assert hostile.money()["long"] == (0, 10**14)


# ------------------------------------------------------------------------------------------------------- re-entrance


def entry_points(protocol: Protocol) -> dict[str, bytes]:
    """Calls that a token could make back, each of them sound if it came alone."""
    escrow, terms = protocol.escrow, protocol.terms()
    return {
        "deposit": escrow.deposit.prepare_calldata(1),
        "deposit_for": escrow.deposit_for.prepare_calldata(protocol.long.address, 1),
        "withdraw": escrow.withdraw.prepare_calldata(1, protocol.outsider.address),
        "approve_terms": escrow.approve_terms.prepare_calldata(terms.as_tuple()),
        "revoke_terms": escrow.revoke_terms.prepare_calldata(terms.as_tuple()),
        "book": escrow.book.prepare_calldata(terms.as_tuple(), *protocol.approvals(terms)),
        "settle": escrow.settle.prepare_calldata(ID),
        "settle_many": escrow.settle_many.prepare_calldata([ID]),
        "pause_booking": escrow.pause_booking.prepare_calldata(),
        "set_desk": escrow.set_desk.prepare_calldata(protocol.outsider.address),
        "balance_of": escrow.balance_of.prepare_calldata(protocol.long.address),
        "forward": escrow.forward.prepare_calldata(ID),
        "is_settleable": escrow.is_settleable.prepare_calldata(ID),
        "lot_of": escrow.lot_of.prepare_calldata(GPT),
        "desk": escrow.desk.prepare_calldata(),
    }


NAMES = (
    "deposit",
    "deposit_for",
    "withdraw",
    "approve_terms",
    "revoke_terms",
    "book",
    "settle",
    "settle_many",
    "pause_booking",
    "set_desk",
    "balance_of",
    "forward",
    "is_settleable",
    "lot_of",
    "desk",
)


@pytest.mark.parametrize("entry", NAMES)
def test_a_token_cannot_call_back(hostile: Protocol, entry: str) -> None:
    """In no call that moves tokens can it enter again, be it as the desk; the outer call goes on unharmed."""
    token, escrow = hostile.token, hostile.escrow
    # The token itself holds every role that it could abuse, and a free balance.
    for setter in (escrow.set_desk, escrow.set_guardian):
        setter(token.address, sender=hostile.owner.address)
    escrow.deposit_for(token.address, 10, sender=hostile.long.address)
    call = entry_points(hostile)[entry]
    token.set_callback(escrow.address, call)
    before = hostile.money()
    escrow.deposit(100, sender=hostile.long.address)
    escrow.withdraw(100, hostile.long.address, sender=hostile.long.address)
    assert (token.called(), token.succeeded()) == (2, False)
    assert hostile.money() == before
    assert escrow.balance_of(token.address) == 10


@pytest.mark.parametrize("entry", ["token", "oracle", "terms_hash"])
def test_what_a_half_done_call_cannot_have_changed_is_open(hostile: Protocol, entry: str) -> None:
    """Immutables and the id of terms may be read at any time."""
    calls = {
        "token": hostile.escrow.token.prepare_calldata(),
        "oracle": hostile.escrow.oracle.prepare_calldata(),
        "terms_hash": hostile.escrow.terms_hash.prepare_calldata(hostile.terms().as_tuple()),
    }
    hostile.token.set_callback(hostile.escrow.address, calls[entry])
    hostile.escrow.deposit(1, sender=hostile.long.address)
    assert (hostile.token.called(), hostile.token.succeeded()) == (1, True)


def test_a_token_that_calls_back_alone_would_succeed(hostile: Protocol) -> None:
    """The positive twin: the same calls, made by the token on their own, are sound."""
    token, escrow = hostile.token, hostile.escrow
    escrow.deposit_for(token.address, 10, sender=hostile.long.address)
    for entry in ("withdraw", "settle_many", "balance_of", "forward", "lot_of", "desk"):
        boa.env.raw_call(escrow.address, data=entry_points(hostile)[entry], sender=token.address)


def test_the_oracle_may_be_read_while_tokens_move(hostile: Protocol) -> None:
    """It holds no money and is in no half-written state."""
    call = hostile.oracle.settlement_price.prepare_calldata(1, hostile.today, 1)
    hostile.token.set_callback(hostile.oracle.address, call)
    hostile.escrow.deposit(1, sender=hostile.long.address)
    assert hostile.token.succeeded()
