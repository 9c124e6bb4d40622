"""`post`: the one price that a quorum of registered nodes signed, on its own day, for ever."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.protocol import (
    DAY,
    GPT,
    INDEX,
    LUNA,
    SPOT,
    TODAY,
    Attestation,
    Event,
    Party,
    Protocol,
    evidence,
    party,
    refused,
)

from ifx_sdk.reports import quorum_of


def posted_event(protocol: Protocol, price: int, bits: int, nodes: list[Party], underlying: str = GPT) -> Event:
    fields = {
        "underlying": protocol.oracle.underlying_index(underlying),
        "day": protocol.today,
        "price": price,
        "signers": bits,
        "evidence": [evidence(node, underlying, protocol.today) for node in nodes],
    }
    return "oracle", "FixingPosted", fields


def post(protocol: Protocol, price: int, attestations: list[Attestation], **changes: object) -> list[Event]:
    """Post as the outsider; `by`, `underlying` and `day` may be another."""
    values = {"by": protocol.outsider, "underlying": GPT, "day": protocol.today} | changes
    by = values.pop("by")
    return protocol.send(protocol.oracle.post, *values.values(), price, attestations, by=by).events


def test_a_quorum_makes_a_fixing(protocol: Protocol) -> None:
    """Stored and logged with the bitmap of its signers and their evidence."""
    events = post(protocol, SPOT, protocol.attest(SPOT))
    assert events == [posted_event(protocol, SPOT, 0b0111, protocol.nodes[:3])]
    assert protocol.oracle.fixing(GPT, protocol.today)._asdict() == {
        "price": SPOT,
        "cumulative": SPOT,
        "signers": 0b0111,
        "posted": True,
    }
    assert tuple(protocol.oracle.latest(GPT)) == (protocol.today, SPOT)
    assert tuple(protocol.oracle.settlement_price(1, protocol.today, 1)) == (SPOT, True)


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (2, 1, 0), (3, 0, 2), (1, 3, 2), (3, 2, 1, 0), (0, 1, 2, 3)], ids=lambda order: str(order)
)
def test_any_order_and_any_quorum_of_the_set_will_do(protocol: Protocol, order: tuple[int, ...]) -> None:
    """The bitmap says who signed; the evidence stands in the order given."""
    nodes = [protocol.nodes[i] for i in order]
    events = post(protocol, SPOT, protocol.attest(SPOT, nodes=nodes))
    assert events == [posted_event(protocol, SPOT, sum(1 << i for i in order), nodes)]


@pytest.mark.parametrize("role", ["owner", "desk", "reviewer", "long", "outsider"])
def test_anyone_posts(protocol: Protocol, role: str) -> None:
    """Signed reports are public: whoever holds them can post."""
    post(protocol, SPOT, protocol.attest(SPOT), by=getattr(protocol, role))


def by_a_stranger(protocol: Protocol) -> list[Attestation]:
    return protocol.attest(SPOT, nodes=[*protocol.nodes[:2], protocol.outsider])


def over_another_price(protocol: Protocol) -> list[Attestation]:
    return protocol.attest(SPOT, nodes=protocol.nodes[:2]) + protocol.attest(SPOT + 1, nodes=protocol.nodes[2:3])


def over_another_day(protocol: Protocol) -> list[Attestation]:
    return protocol.attest(SPOT, day=protocol.today - 1)


def over_another_underlying(protocol: Protocol) -> list[Attestation]:
    return protocol.attest(SPOT, underlying=LUNA)


def for_another_chain(protocol: Protocol) -> list[Attestation]:
    return protocol.attest(SPOT, domain=replace(protocol.oracle_domain, chain_id=1))


def for_another_oracle(protocol: Protocol) -> list[Attestation]:
    return protocol.attest(SPOT, domain=replace(protocol.oracle_domain, contract=protocol.escrow.address))


def for_the_escrow_domain(protocol: Protocol) -> list[Attestation]:
    return protocol.attest(SPOT, domain=protocol.escrow_domain)


def with_other_evidence(protocol: Protocol) -> list[Attestation]:
    (_, r, vs), *rest = protocol.attest(SPOT)
    return [(b"\1" * 32, r, vs), *rest]


def with_the_other_parity(protocol: Protocol) -> list[Attestation]:
    (proof, r, vs), *rest = protocol.attest(SPOT)
    return [(proof, r, vs ^ (1 << 255)), *rest]


STRANGERS = (
    by_a_stranger,
    over_another_price,
    over_another_day,
    over_another_underlying,
    for_another_chain,
    for_another_oracle,
    for_the_escrow_domain,
    with_other_evidence,
    with_the_other_parity,
)


@pytest.mark.parametrize("forge", STRANGERS, ids=lambda forge: forge.__name__)
def test_a_signature_by_no_registered_node_over_this_report_reverts(
    protocol: Protocol, forge: Callable[[Protocol], list[Attestation]]
) -> None:
    """One wrong signature refuses the whole report, and nothing is stored."""
    with refused("oracle: not a signer"):
        post(protocol, SPOT, forge(protocol))
    assert not protocol.oracle.fixing(GPT, protocol.today).posted
    post(protocol, SPOT, protocol.attest(SPOT))


def test_one_stranger_beside_a_full_quorum_reverts(protocol: Protocol) -> None:
    """A quorum does not carry a signature that is none."""
    with refused("oracle: not a signer"):
        post(protocol, SPOT, protocol.attest(SPOT, nodes=[*protocol.nodes[:3], protocol.outsider]))
    post(protocol, SPOT, protocol.attest(SPOT))


@pytest.mark.parametrize("r_vs", [(0, 0), (0, 1), (1, 0), (2**256 - 1, 2**255 - 1), (5, 1)])
def test_bytes_that_are_no_signature_revert(protocol: Protocol, r_vs: tuple[int, int]) -> None:
    """The zero address that a failed recovery gives is no signer, though unused places of the set hold it."""
    attestations = [*protocol.attest(SPOT, nodes=protocol.nodes[:2]), (b"\0" * 32, *r_vs)]
    with refused("oracle: bad signature"):
        post(protocol, SPOT, attestations)
    post(protocol, SPOT, protocol.attest(SPOT))


@pytest.mark.parametrize("order", [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 1, 2, 2), (3, 3, 3)])
def test_one_node_counts_once(protocol: Protocol, order: tuple[int, ...]) -> None:
    """A node's signature given twice is refused, wherever it stands."""
    with refused("oracle: signer twice"):
        post(protocol, SPOT, protocol.attest(SPOT, nodes=[protocol.nodes[i] for i in order]))
    post(protocol, SPOT, protocol.attest(SPOT))


def test_one_node_with_two_proofs_counts_once(protocol: Protocol) -> None:
    """Two different reports of one node are still one node."""
    from ifx_sdk.signing import report_digest, to_compact

    node, proof = protocol.nodes[0], b"\7" * 32
    digest = report_digest(GPT, protocol.today, SPOT, proof, protocol.oracle_domain)
    second = (proof, *to_compact(node.sign(digest)))
    with refused("oracle: signer twice"):
        post(protocol, SPOT, [*protocol.attest(SPOT, nodes=protocol.nodes[:2]), second])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_signatures_revert(protocol: Protocol, count: int) -> None:
    """Three of four are needed."""
    with refused("oracle: quorum not reached"):
        post(protocol, SPOT, protocol.attest(SPOT, nodes=protocol.nodes[:count]))
    post(protocol, SPOT, protocol.attest(SPOT, nodes=protocol.nodes[:3]))


@pytest.mark.parametrize(("offset", "day"), [(-1, "yesterday"), (1, "tomorrow"), (-400, "long ago")])
def test_another_day_reverts(protocol: Protocol, offset: int, day: str) -> None:
    """However well signed: only today's fixing can be posted today."""
    other = protocol.today + offset
    with refused("oracle: another day"):
        post(protocol, SPOT, protocol.attest(SPOT, day=other), day=other)
    assert not protocol.oracle.fixing(GPT, other).posted


@pytest.mark.parametrize("day", [0, 2**24, 2**24 + TODAY, 2**256 - 1])
def test_no_day_reverts(protocol: Protocol, day: int) -> None:
    """Day numbers far off do not wrap into today's."""
    with refused("oracle: another day"):
        post(protocol, SPOT, protocol.attest(SPOT, day=day), day=day)


@pytest.mark.parametrize("time_of_day", [0, DAY - 1])
def test_a_day_is_open_from_its_first_second_to_its_last(protocol: Protocol, time_of_day: int) -> None:
    """At 00:00:00 and at 23:59:59, and neither a second before nor after."""
    day = protocol.today + 1
    attestations = protocol.attest(SPOT, day=day)
    protocol.travel(day * DAY - 1)
    with refused("oracle: another day"):
        post(protocol, SPOT, attestations, day=day)
    protocol.travel(day * DAY + time_of_day)
    post(protocol, SPOT, attestations, day=day)
    protocol.travel((day + 1) * DAY)
    with refused("oracle: another day"):
        post(protocol, SPOT, attestations, day=day)


def test_a_fixing_is_final(protocol: Protocol) -> None:
    """Neither the same report nor another price of the day is taken; the next day's is."""
    post(protocol, SPOT, protocol.attest(SPOT))
    before = protocol.oracle.fixing(GPT, protocol.today)
    for price in (SPOT, SPOT + 1):
        with refused("oracle: already posted"):
            post(protocol, price, protocol.attest(price))
    assert protocol.oracle.fixing(GPT, protocol.today) == before
    protocol.travel_to_day(protocol.today + 1)
    post(protocol, SPOT + 1, protocol.attest(SPOT + 1))
    assert protocol.oracle.fixing(GPT, protocol.today - 1) == before


def test_a_fixing_of_zero_is_final_too(protocol: Protocol) -> None:
    """Zero is a price, not the absence of one."""
    post(protocol, 0, protocol.attest(0))
    assert protocol.oracle.fixing(GPT, protocol.today)._asdict() == {
        "price": 0,
        "cumulative": 0,
        "signers": 7,
        "posted": True,
    }
    with refused("oracle: already posted"):
        post(protocol, SPOT, protocol.attest(SPOT))


@pytest.mark.parametrize("price", [2**40, 2**64, 2**256 - 1])
def test_a_price_above_40_bits_reverts(protocol: Protocol, price: int) -> None:
    """The largest price is 2^40 - 1, and it is stored whole."""
    with refused("oracle: price too large"):
        post(protocol, price, protocol.attest(price))
    largest = 2**40 - 1
    post(protocol, largest, protocol.attest(largest))
    assert protocol.oracle.fixing(GPT, protocol.today).price == largest


@pytest.mark.parametrize("name", ["", "openai/gpt-9", "OPENAI/GPT-4.1", GPT + " "])
def test_an_unknown_underlying_reverts(protocol: Protocol, name: str) -> None:
    """Only listed names, byte for byte."""
    with refused("oracle: unknown underlying"):
        post(protocol, SPOT, protocol.attest(SPOT), underlying=name)
    post(protocol, SPOT, protocol.attest(SPOT))


@pytest.mark.parametrize("role", ["owner", "desk", "outsider"])
def test_a_reviewed_underlying_waits_for_the_reviewer(protocol: Protocol, role: str) -> None:
    """He may withhold it: nobody else posts it, however well signed."""
    attestations = protocol.attest(SPOT, underlying=INDEX)
    with refused("oracle: not the reviewer"):
        post(protocol, SPOT, attestations, underlying=INDEX, by=getattr(protocol, role))
    post(protocol, SPOT, attestations, underlying=INDEX, by=protocol.reviewer)
    assert protocol.oracle.fixing(INDEX, protocol.today).price == SPOT


def test_the_reviewer_cannot_enter_a_number(protocol: Protocol) -> None:
    """He needs the quorum like anyone."""
    with refused("oracle: quorum not reached"):
        post(protocol, SPOT, [], underlying=INDEX, by=protocol.reviewer)
    with refused("oracle: not a signer"):
        post(
            protocol,
            SPOT + 1,
            protocol.attest(SPOT, underlying=INDEX),
            underlying=INDEX,
            by=protocol.reviewer,
        )


def test_underlyings_have_fixings_of_their_own(protocol: Protocol) -> None:
    """Posting one leaves the other open."""
    post(protocol, 1, protocol.attest(1))
    post(protocol, 2, protocol.attest(2, underlying=LUNA), underlying=LUNA)
    prices = {name: protocol.oracle.fixing(name, protocol.today).price for name in (GPT, LUNA)}
    assert prices == {GPT: 1, LUNA: 2}


@pytest.mark.parametrize("gap", [0, 1, 2, 3, 10])
def test_the_cumulative_counts_the_days_between(protocol: Protocol, gap: int) -> None:
    """Of the days without a fixing the newest two take the new price, the older ones the last."""
    post(protocol, 3, protocol.attest(3))
    protocol.travel_to_day(protocol.today + gap + 1)
    post(protocol, 1_000, protocol.attest(1_000))
    old, new = max(0, gap - 2), min(gap, 2) + 1
    assert protocol.oracle.fixing(GPT, protocol.today).cumulative == 3 + 3 * old + 1_000 * new


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 10, 31])
def test_sets_of_every_size_post_with_their_quorum(count: int, protocol: Protocol) -> None:
    """floor(2n/3) + 1 of n; the last signer of 31 has the last bit."""
    quorum = quorum_of(count)
    other = Protocol(signers=count, quorum=quorum)
    other.oracle.add_underlying(GPT, False, sender=other.owner.address)
    last = other.nodes[-quorum:]
    if quorum > 1:
        with refused("oracle: quorum not reached"):
            post(other, SPOT, other.attest(SPOT, nodes=last[1:]))
    events = post(other, SPOT, other.attest(SPOT, nodes=last))
    assert events == [posted_event(other, SPOT, sum(1 << i for i in range(count - quorum, count)), last)]


def test_all_31_signers_in_reverse(protocol: Protocol) -> None:
    """The worst order for the search still finds every signer."""
    other = Protocol(signers=31, quorum=21)
    other.oracle.add_underlying(GPT, False, sender=other.owner.address)
    nodes = other.nodes[::-1]
    events = post(other, SPOT, other.attest(SPOT, nodes=nodes))
    assert events == [posted_event(other, SPOT, 2**31 - 1, nodes)]


def test_a_signature_with_the_higher_s_is_none(protocol: Protocol) -> None:
    """The compact form has no room for it, so that a node's signature has one form."""
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    (proof, r, vs), *rest = protocol.attest(SPOT)
    high = order - vs % 2**255
    for twin in (high, high ^ 2**255):
        with refused("oracle: not a signer"):
            post(protocol, SPOT, [(proof, r, twin), *rest])
    post(protocol, SPOT, [(proof, r, vs), *rest])


def test_a_signer_of_the_past_has_no_voice(protocol: Protocol) -> None:
    """A node that is no longer in the set is a stranger."""
    fresh = [party(f"fresh {i}") for i in range(4)]
    first_day = protocol.today + 8
    protocol.oracle.schedule_signers([node.address for node in fresh], 3, first_day, sender=protocol.owner.address)
    protocol.travel(first_day * DAY)
    with refused("oracle: not a signer"):
        post(protocol, SPOT, protocol.attest(SPOT))
    post(protocol, SPOT, protocol.attest(SPOT, nodes=fresh[:3]))
