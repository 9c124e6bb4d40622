"""Contract and SDK agree on every amount of a forward's life, and on every bit that is stored."""

from typing import Any

import boa
from eth_utils.crypto import keccak
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.protocol import DAY, GPT, TODAY, Protocol

from ifx_sdk import payoff
from ifx_sdk.terms import Terms


@st.composite
def trades(draw: st.DrawFn) -> dict[str, int]:
    """The numbers of a forward that can be booked with a lot of 1, and its settlement price."""
    spot = draw(st.one_of(st.integers(1, 2**39 - 1), st.integers(1, 20_000_000)))
    return {
        "spot": spot,
        "price": draw(st.integers(1, 2 * spot)),
        "indicative": draw(st.integers(1, spot)),
        "quantity": draw(st.one_of(st.integers(1, 2**40 - 1), st.integers(1, 1_000))),
        "settlement": draw(st.one_of(st.integers(0, 2**40 - 1), st.integers(0, 20_000_000))),
    }


LARGEST = {
    "spot": 2**39 - 1,
    "price": 2**40 - 2,
    "indicative": 2**39 - 1,
    "quantity": 2**40 - 1,
    "settlement": 2**40 - 1,
}


@given(trade=trades(), averaging_days=st.integers(1, 92))
@example(trade=LARGEST, averaging_days=92)
@example(trade=LARGEST | {"settlement": 0}, averaging_days=1)
@example(trade=dict.fromkeys(LARGEST, 1), averaging_days=1)
@settings(max_examples=40)
def test_a_whole_life_moves_the_sdks_money(deployed: Protocol, trade: dict[str, int], averaging_days: int) -> None:
    """Collected at booking, held, paid at settlement and read back: every amount is the SDK's, and so is every bit."""
    protocol, settlement = deployed, trade["settlement"]
    numbers = {key: value for key, value in trade.items() if key != "settlement"}
    protocol.escrow.list_underlying(GPT, 1, sender=protocol.owner.address)
    protocol.post(trade["spot"])
    for side in (protocol.long, protocol.short):
        protocol.fund(side, 2**81)
    terms = protocol.terms(**numbers, averaging_days=averaging_days)
    terms.validate(1, protocol.now, escrow=protocol.escrow.address)
    forward_id, before = protocol.id_of(terms), protocol.money()
    protocol.book(terms)

    after = protocol.money()
    basis = {"spot": terms.spot, "quantity": terms.quantity}
    need = payoff.deposit_required(indicative=terms.indicative, **basis)
    total = payoff.fee(indicative=terms.indicative, quantity=terms.quantity)
    assert tuple(before[side][1] - after[side][1] for side in ("long", "short")) == need
    assert after["fee_recipient"] == (total, 0)
    assert sum(need) == 2 * payoff.prefunding(**basis) + total
    assert stored_words(protocol, forward_id) == packed(terms, index=1, status=2)

    # One fixing two days into the span, then the maturity's own: every averaging day has a price.
    protocol.travel(terms.maturity)
    protocol.post(settlement)
    posted = {TODAY: terms.spot, terms.maturity // DAY: settlement}
    price, certain = payoff.settlement_price(posted, terms.maturity // DAY, averaging_days, protocol.now)
    receipt = protocol.send(protocol.escrow.settle, forward_id, by=protocol.outsider)
    assert certain
    assert price is not None
    expected = payoff.payouts(price=terms.price, settlement=price, **basis)
    assert receipt.events[0][2] == {
        "id": forward_id,
        "price": price,
        "long_payout": expected[0],
        "short_payout": expected[1],
    }
    assert tuple(protocol.escrow.payouts(forward_id, price)) == expected
    settled = protocol.money()
    assert (settled["long"][0], settled["short"][0]) == expected
    assert stored_words(protocol, forward_id) == packed(terms, index=1, status=3)


def slot_of(deployed: Any, variable: str, key: bytes) -> int:
    """Where a mapping of a contract, or `module.mapping`, keeps a key."""
    layout = deployed.compiler_data.storage_layout["storage_layout"]
    for name in variable.split("."):
        layout = layout[name]
    slot = layout["slot"]
    return int.from_bytes(keccak(int(slot).to_bytes(32, "big") + key), "big")


def stored_words(protocol: Protocol, forward_id: bytes) -> tuple[int, int]:
    """A forward's two words, as any node's `eth_getStorageAt` gives them."""
    slot = slot_of(protocol.escrow, "records.forwards", forward_id)
    return tuple(boa.env.get_storage(protocol.escrow.address, slot + offset) for offset in (0, 1))


def packed(terms: Terms, *, index: int, status: int) -> tuple[int, int]:
    """The two words by the documented layout."""
    first = int(terms.long, 16) | terms.quantity << 160 | terms.price << 200 | index << 240
    second = (
        int(terms.short, 16)
        | terms.spot << 160
        | terms.maturity // DAY << 200
        | terms.averaging_days << 224
        | status << 240
    )
    return first, second


def test_a_fixing_is_stored_as_documented(protocol: Protocol) -> None:
    """price 40 | cumulative 64 | signers 31 | posted 1, in one word of its own."""
    nodes = protocol.nodes[1:]
    protocol.oracle.post(GPT, TODAY, 5, protocol.attest(5, nodes=nodes))
    protocol.travel_to_day(TODAY + 2)
    protocol.oracle.post(GPT, TODAY + 2, 2**40 - 1, protocol.attest(2**40 - 1, nodes=nodes))
    for day, price, cumulative in ((TODAY, 5, 5), (TODAY + 2, 2**40 - 1, 5 + 2 * (2**40 - 1))):
        slot = slot_of(protocol.oracle, "fixings", ((1 << 24) | day).to_bytes(32, "big"))
        word = boa.env.get_storage(protocol.oracle.address, slot)
        assert word == price | cumulative << 40 | 0b1110 << 104 | 1 << 135
