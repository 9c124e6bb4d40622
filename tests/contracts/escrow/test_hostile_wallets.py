"""Contract wallets that mean harm, in every seat of every message: they approve nothing and harm only themselves.

What booking alone asks of a wallet stands in `test_book_approvals.py`.
"""

from typing import Any

import boa
import pytest
from support.deeds import ALL_SEATS
from support.hostile import TURNS, gas_for, reform, seat, wallet_with_funds
from support.protocol import DAY, PRICE, SPOT, Protocol, party, refused, required

from ifx_sdk.payoff import payouts

LATER_SEATS = [name for name in ALL_SEATS if not name.startswith("book")]


def everything(protocol: Protocol, wallet: Any) -> tuple[Any, ...]:
    """Every micro of the roles and of the wallet."""
    return protocol.money(), protocol.escrow.balance_of(wallet.address), protocol.token.balanceOf(wallet.address)


@pytest.fixture
def wallet(open_day: Protocol) -> Any:
    """It says yes to everything, until it turns."""
    return wallet_with_funds(open_day)


@pytest.mark.parametrize("name", LATER_SEATS)
def test_a_bad_answer_executes_and_moves_nothing(open_day: Protocol, wallet: Any, name: str) -> None:
    """Each is refused in that seat's name and every micro stays; with the padded magic value it is executed."""
    held = seat(open_day, name, wallet)
    before = everything(open_day, wallet)
    for turn, make in TURNS.items():
        make(wallet)
        with refused(held.reason):
            held.execute(b"any", gas=gas_for(turn))
        reform(wallet)
    assert everything(open_day, wallet) == before
    held.execute(b"any")
    assert everything(open_day, wallet) != before


@pytest.mark.parametrize("name", LATER_SEATS)
def test_a_wallet_is_shown_the_message_and_exactly_the_bytes_given(open_day: Protocol, wallet: Any, name: str) -> None:
    """Of any length up to 2,048; other bytes are refused by the wallet, and more by the decoder."""
    held = seat(open_day, name, wallet)
    for length in (0, 64, 65, 195, 2047, 2048):
        approval = b"\xee" * length
        wallet.expect(held.digest, approval)
        with refused(held.reason):
            held.execute(approval[:-1] + b"\xed")
        with boa.env.anchor():
            held.execute(approval)
    with refused(None):
        held.execute(b"\xee" * 2049)


@pytest.mark.parametrize("name", ALL_SEATS)
def test_a_wallet_cannot_act_while_it_is_asked(open_day: Protocol, wallet: Any, name: str) -> None:
    """Nor read what is half done: every call back but the one for the message's id fails, and its yes with it."""
    held, escrow = seat(open_day, name, wallet), open_day.escrow
    ids = {"book": "terms_hash", "terminate": "termination_hash", "novate": "novation_hash"}
    locked = (
        escrow.balance_of.prepare_calldata(wallet.address),
        escrow.forward.prepare_calldata(held.digest),
        escrow.is_approved.prepare_calldata(held.digest, wallet.address),
        escrow.has_left.prepare_calldata(held.digest, wallet.address),
        escrow.withdraw.prepare_calldata(1, party("thief").address),
        escrow.settle_many.prepare_calldata([held.digest]),
        getattr(escrow, held.function).prepare_calldata(held.message.as_tuple(), *[b""] * len(held.message.parties)),
    )
    for question in locked:
        wallet.ask(escrow.address, question)
        with refused(held.reason):
            held.execute(b"any")
    wallet.ask(escrow.address, getattr(escrow, ids[held.function]).prepare_calldata(held.message.as_tuple()))
    held.execute(b"any")


@pytest.mark.parametrize("turn", TURNS)
def test_a_wallet_that_turns_hostile_harms_only_itself(open_day: Protocol, wallet: Any, turn: str) -> None:
    """Its counterparty trades on with others, and one call settles its old forward beside theirs, to the micro."""
    held = seat(open_day, "book long", wallet)
    held.execute(b"any")
    theirs, theirs_id = open_day.booked()
    TURNS[turn](wallet)
    before = open_day.money()
    with refused("escrow: long has not approved"):
        seat(open_day, "book long", wallet).execute(b"any", gas=gas_for(turn))
    assert open_day.money() == before

    after, after_id = open_day.booked()
    spent = required(after)[1]
    assert open_day.money()["short"] == (0, before["short"][1] - spent)

    open_day.mature(theirs, 4_320_000)
    receipt = open_day.send(open_day.escrow.settle_many, [held.digest, theirs_id, after_id], by=open_day.outsider)
    fields = {
        "underlying": 1,
        "maturity_day": theirs.maturity // DAY,
        "averaging_days": 1,
        "price": 4_320_000,
        "ids": [held.digest, theirs_id, after_id],
    }
    assert receipt.events == [("escrow", "ForwardsSettled", fields)]
    long_payout, short_payout = payouts(price=PRICE, spot=SPOT, quantity=theirs.quantity, settlement=4_320_000)
    assert open_day.escrow.balance_of(wallet.address) == long_payout
    assert open_day.money()["long"][0] == 2 * long_payout
    assert open_day.money()["short"][0] == 3 * short_payout

    receiver = party("receiver").address
    open_day.send(open_day.escrow.withdraw, 3 * short_payout, receiver, by=open_day.short)
    wallet.execute(open_day.escrow.address, open_day.escrow.withdraw.prepare_calldata(long_payout, receiver))
    assert open_day.token.balanceOf(receiver) == 3 * short_payout + long_payout
