"""`settle` where signatures came late, were too few, or were those of signers who had just left or not yet begun.

The forward is the one of `test_settle_after_failures.py`: the long is paid (F_ref + 0.55) million USDT.
"""

import boa
import pytest
from support.protocol import DAY, GPT, SPOT, Party, Protocol, party, refused

from ifx_sdk.terms import Terms

TWICE_B = 16_000_000_000_000
AT_SPOT = 8_550_000_000_000
"""The long's payout at 8.00."""
CUT = 4_320_000
AT_CUT = 4_870_000_000_000
"""The long's payout at 4.32."""
LAST_SECOND = DAY - 1
FRESH = [party(f"fresh {i}") for i in range(7)]
"""The signers who take over, five of whom make a quorum."""


def post(protocol: Protocol, nodes: list[Party], price: int = CUT, day: int | None = None) -> None:
    """Post what `nodes` signed, of today unless another day is named."""
    day = protocol.today if day is None else day
    attestations = protocol.attest(price, day=day, nodes=nodes)
    protocol.send(protocol.oracle.post, GPT, day, price, attestations, by=protocol.long)


def waits(protocol: Protocol, forward_id: bytes) -> None:
    """It is mature and its price is not certain."""
    with refused("escrow: price not certain yet"):
        protocol.escrow.settle(forward_id)


def pays(protocol: Protocol, forward_id: bytes, long_payout: int) -> None:
    """It settles now and pays exactly this to the long and the rest of 2B to the short."""
    protocol.send(protocol.escrow.settle, forward_id, by=protocol.outsider)
    assert protocol.escrow.balance_of(protocol.long.address) == long_payout
    assert protocol.escrow.balance_of(protocol.short.address) == TWICE_B - long_payout


# -------------------------------------------------------------------------------------------------------------- quorum


@pytest.mark.parametrize("day", [0, 2])
def test_a_quorum_of_the_last_second_of_a_day_decides(open_day: Protocol, day: int) -> None:
    """Two of four are refused all day; the third's signature at 23:59:59 of maturity, or of two days on, settles it."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity + day * DAY)
    with refused("oracle: quorum not reached"):
        post(open_day, open_day.nodes[:2])
    open_day.travel(terms.maturity + day * DAY + LAST_SECOND)
    with refused("oracle: quorum not reached"):
        post(open_day, open_day.nodes[:2])
    waits(open_day, forward_id)
    post(open_day, open_day.nodes[:3])
    pays(open_day, forward_id, AT_CUT)


@pytest.mark.parametrize("day", [0, 1])
def test_a_quorum_of_the_next_second_is_too_late_for_its_day(open_day: Protocol, day: int) -> None:
    """Refused at 00:00:00; the same nodes' report of the new day is postponement, and settles at once."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity + (day + 1) * DAY)
    with refused("oracle: another day"):
        post(open_day, open_day.nodes, day=open_day.today - 1)
    waits(open_day, forward_id)
    post(open_day, open_day.nodes)
    pays(open_day, forward_id, AT_CUT)


def test_a_quorum_one_second_after_the_second_day_changes_nothing(open_day: Protocol) -> None:
    """At 00:00:00 of the third day yesterday's report is refused, today's is posted, and the booking's 8.00 decides."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity + 3 * DAY)
    with refused("oracle: another day"):
        post(open_day, open_day.nodes, day=open_day.today - 1)
    post(open_day, open_day.nodes)
    pays(open_day, forward_id, AT_SPOT)


def test_nodes_that_disagree_make_no_fixing(open_day: Protocol) -> None:
    """Two signed 4.32 and two 8.00: neither is a quorum, nor are all four together; maturity is postponed."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity)
    low, high = (open_day.attest(p, nodes=n) for p, n in ((CUT, open_day.nodes[:2]), (SPOT, open_day.nodes[2:])))
    for price, attestations in ((CUT, low), (SPOT, high)):
        with refused("oracle: quorum not reached"):
            open_day.oracle.post(GPT, open_day.today, price, attestations)
    with refused("oracle: not a signer"):
        open_day.oracle.post(GPT, open_day.today, CUT, low + high)
    waits(open_day, forward_id)
    open_day.travel(terms.maturity + DAY)
    post(open_day, open_day.nodes)
    pays(open_day, forward_id, AT_CUT)


def test_one_node_signing_for_a_silent_one_makes_no_quorum(open_day: Protocol) -> None:
    """Its second signature is refused, though over other evidence; a third node's completes the quorum."""
    terms, forward_id = open_day.booked()
    open_day.travel(terms.maturity)
    with refused("oracle: signer twice"):
        post(open_day, [*open_day.nodes[:2], open_day.nodes[1]])
    waits(open_day, forward_id)
    post(open_day, open_day.nodes[1:])
    pays(open_day, forward_id, AT_CUT)


# --------------------------------------------------------------------------------------------------------- signer sets


def changing(protocol: Protocol, shift: int) -> tuple[Terms, bytes]:
    """A forward around whose maturity the signers change: `shift` days after it, before it where negative."""
    terms, forward_id = protocol.booked()
    signers = [node.address for node in FRESH]
    first_day = terms.maturity // DAY + shift
    protocol.send(protocol.oracle.schedule_signers, signers, 5, first_day, by=protocol.owner)
    return terms, forward_id


@pytest.mark.parametrize("second", [0, LAST_SECOND])
@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_the_signers_of_maturity_day_decide(open_day: Protocol, shift: int, second: int) -> None:
    """The old ones where the change comes a day later, else the new; the others' signatures are refused all day."""
    terms, forward_id = changing(open_day, shift)
    old, new = open_day.nodes, FRESH[:5]
    valid, stale = (old[:3], new) if shift == 1 else (new, [*old, *old][:5])
    open_day.travel(terms.maturity + second)
    with refused("oracle: not a signer"):
        post(open_day, stale, price=1)
    waits(open_day, forward_id)
    post(open_day, valid)
    pays(open_day, forward_id, AT_CUT)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_the_change_is_at_midnight_to_the_second(open_day: Protocol, shift: int) -> None:
    """At 23:59:59 of the day before the old sign and the new do not; one second later it is the other way round."""
    terms, _ = changing(open_day, shift)
    old, new = open_day.nodes, FRESH[:5]
    open_day.travel(terms.maturity + shift * DAY - 1)
    with refused("oracle: not a signer"):
        post(open_day, new)
    with boa.env.anchor():
        post(open_day, old)
    open_day.travel(terms.maturity + shift * DAY)
    with refused("oracle: quorum not reached"):
        post(open_day, old)  # four, where five of the new seven are needed
    with refused("oracle: not a signer"):
        post(open_day, [*old, FRESH[0]])
    post(open_day, new)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_maturity_that_neither_set_signs_is_postponed_to_the_new_one(open_day: Protocol, shift: int) -> None:
    """Only the wrong set signs on maturity day; the next day the new set's fixing settles, and the old set has none."""
    terms, forward_id = changing(open_day, shift)
    old, new = open_day.nodes, FRESH[:5]
    open_day.travel(terms.maturity + LAST_SECOND)
    with refused("oracle: not a signer"):
        post(open_day, [*old, FRESH[0]] if shift < 1 else new)
    open_day.travel(terms.maturity + DAY)
    with refused("oracle: quorum not reached"):
        post(open_day, old)
    waits(open_day, forward_id)
    post(open_day, new)
    pays(open_day, forward_id, AT_CUT)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_new_signers_who_never_sign_lock_nobody_in(open_day: Protocol, shift: int) -> None:
    """The old set's last fixing, of two days before maturity, settles three days after it, and not a second before."""
    terms, forward_id = changing(open_day, shift)
    open_day.travel(terms.maturity - 2 * DAY)
    post(open_day, open_day.nodes)
    open_day.travel(terms.maturity + 3 * DAY - 1)
    waits(open_day, forward_id)
    open_day.travel(terms.maturity + 3 * DAY)
    pays(open_day, forward_id, AT_CUT)


def test_new_signers_cannot_sign_for_the_old_ones_days(open_day: Protocol) -> None:
    """In office since the day after maturity, they can post their own day only; that one is postponement."""
    terms, forward_id = changing(open_day, 1)
    open_day.travel(terms.maturity + DAY)
    with refused("oracle: another day"):
        post(open_day, FRESH, day=open_day.today - 1)
    waits(open_day, forward_id)
    post(open_day, FRESH)
    pays(open_day, forward_id, AT_CUT)


def test_new_signers_cannot_replace_the_old_ones_fixing(open_day: Protocol) -> None:
    """Of maturity day 4.32 stands; what the new set posts a day later is its own day's price."""
    terms, forward_id = changing(open_day, 1)
    open_day.travel(terms.maturity + LAST_SECOND)
    post(open_day, open_day.nodes)
    open_day.travel(terms.maturity + DAY)
    with refused("oracle: another day"):
        post(open_day, FRESH, price=1, day=open_day.today - 1)
    post(open_day, FRESH, price=1)
    pays(open_day, forward_id, AT_CUT)


def test_a_mean_across_a_change_of_signers_takes_both_sets_days(open_day: Protocol) -> None:
    """Old set: 8.00, 7.00; new: missing, 5.00, 4.00: (8 + 7 + 5 + 5 + 4) / 5 = 5.80, so 6.35 million."""
    terms, forward_id = open_day.booked(averaging_days=5)
    last = terms.maturity // DAY
    signers = [node.address for node in FRESH]
    open_day.send(open_day.oracle.schedule_signers, signers, 5, last - 2, by=open_day.owner)
    for ago, nodes, price in ((4, "old", 8), (3, "old", 7), (1, "new", 5), (0, "new", 4)):
        open_day.travel_to_day(last - ago)
        post(open_day, open_day.nodes if nodes == "old" else FRESH, price=price * 1_000_000)
    pays(open_day, forward_id, 6_350_000_000_000)


def test_a_cancelled_change_leaves_the_old_signers_in_office(open_day: Protocol) -> None:
    """Withdrawn the day before it, the change does not happen: the old set settles, the new one is refused."""
    terms, forward_id = changing(open_day, 0)
    open_day.travel(terms.maturity - 1)
    open_day.send(open_day.oracle.cancel_signers, by=open_day.owner)
    open_day.travel(terms.maturity)
    with refused("oracle: not a signer"):
        post(open_day, FRESH)
    waits(open_day, forward_id)
    post(open_day, open_day.nodes)
    pays(open_day, forward_id, AT_CUT)
