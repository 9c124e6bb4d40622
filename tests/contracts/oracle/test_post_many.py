"""`post_many`: several reports in one transaction, all of them or none."""

from typing import Any

import pytest
from support.protocol import DAY, GPT, INDEX, LUNA, SPOT, Party, Protocol, evidence, refused

NAMES = (GPT, LUNA)


def report(protocol: Protocol, underlying: str, price: int, **changes: Any) -> tuple[Any, ...]:
    """A report as `post_many` takes it; `nodes` and `day` may be others."""
    day = changes.get("day", protocol.today)
    return (underlying, day, price, protocol.attest(price, underlying=underlying, **changes))


def posted(protocol: Protocol, underlying: str, price: int, nodes: list[Party]) -> Any:
    return (
        "oracle",
        "FixingPosted",
        {
            "underlying": protocol.oracle.underlying_index(underlying),
            "day": protocol.today,
            "price": price,
            "signers": sum(1 << protocol.nodes.index(node) for node in nodes),
            "evidence": [evidence(node, underlying, protocol.today) for node in nodes],
        },
    )


def prices(protocol: Protocol) -> list[int | None]:
    fixings = [protocol.oracle.fixing(name, protocol.today) for name in NAMES]
    return [fixing.price if fixing.posted else None for fixing in fixings]


def test_several_are_posted_in_one_call(protocol: Protocol) -> None:
    """Each with its own signers and its own event, in the order given."""
    reports = [report(protocol, LUNA, 6_000_000, nodes=protocol.nodes[1:]), report(protocol, GPT, SPOT)]
    receipt = protocol.send(protocol.oracle.post_many, reports, by=protocol.outsider)
    assert receipt.events == [
        posted(protocol, LUNA, 6_000_000, protocol.nodes[1:]),
        posted(protocol, GPT, SPOT, protocol.nodes[:3]),
    ]
    assert prices(protocol) == [SPOT, 6_000_000]


def test_what_is_posted_already_is_skipped(protocol: Protocol) -> None:
    """Two posters do not spoil each other's transaction, and the first price stands."""
    protocol.post()
    reports = [report(protocol, GPT, SPOT + 1), report(protocol, LUNA, 6_000_000)]
    receipt = protocol.send(protocol.oracle.post_many, reports, by=protocol.outsider)
    assert receipt.events == [posted(protocol, LUNA, 6_000_000, protocol.nodes[:3])]
    assert prices(protocol) == [SPOT, 6_000_000]
    assert protocol.send(protocol.oracle.post_many, reports, by=protocol.outsider).events == []


def test_yesterdays_report_is_skipped_until_todays_is_posted(protocol: Protocol) -> None:
    """The day it was last posted for is skipped; an older one is another day, and nothing is posted."""
    protocol.post()
    late = report(protocol, GPT, SPOT)
    protocol.travel_to_day(protocol.today + 1)
    assert protocol.send(protocol.oracle.post_many, [late], by=protocol.outsider).events == []
    protocol.post()
    with refused("oracle: another day"):
        protocol.oracle.post_many([report(protocol, LUNA, 6_000_000), late], sender=protocol.outsider.address)
    assert prices(protocol) == [SPOT, None]


def test_day_zero_of_an_underlying_never_posted_reverts(protocol: Protocol) -> None:
    """Never posted is not posted on day 0."""
    for name in (GPT, "openai/unknown"):
        with refused("oracle: another day"):
            protocol.oracle.post_many([(name, 0, SPOT, [])], sender=protocol.outsider.address)
    protocol.oracle.post_many([report(protocol, GPT, SPOT)], sender=protocol.outsider.address)


def test_the_second_report_of_one_underlying_is_skipped(protocol: Protocol) -> None:
    """Within one call the first of a day is final."""
    reports = [report(protocol, GPT, SPOT), report(protocol, GPT, SPOT + 1)]
    protocol.oracle.post_many(reports, sender=protocol.outsider.address)
    assert prices(protocol) == [SPOT, None]


def test_a_skipped_report_is_not_read(protocol: Protocol) -> None:
    """Its signatures do not matter any more."""
    protocol.post()
    protocol.oracle.post_many([(GPT, protocol.today, 2**256 - 1, [])], sender=protocol.outsider.address)
    assert prices(protocol) == [SPOT, None]


def test_yesterdays_posted_report_is_skipped_today(protocol: Protocol) -> None:
    """A late retry of a batch does not revert while its fixing is the newest, and posts what is of today."""
    protocol.post()
    yesterday = report(protocol, GPT, SPOT)
    protocol.travel(protocol.now + DAY)
    protocol.oracle.post_many([yesterday, report(protocol, LUNA, 1)], sender=protocol.outsider.address)
    assert prices(protocol) == [None, 1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"underlying": "openai/gpt-9"}, "oracle: unknown underlying"),
        ({"day": -1}, "oracle: another day"),
        ({"price": 2**40}, "oracle: price too large"),
        ({"signers": 2}, "oracle: quorum not reached"),
        ({"underlying": INDEX}, "oracle: not the reviewer"),
    ],
    ids=lambda value: str(value),
)
@pytest.mark.parametrize("position", [0, 1])
def test_one_bad_report_posts_none(protocol: Protocol, changes: dict[str, Any], reason: str, position: int) -> None:
    """Whatever is refused in `post` is refused here, and undoes the others."""
    name, price = changes.get("underlying", LUNA), changes.get("price", 1)
    nodes = protocol.nodes[: changes.get("signers", 3)]
    bad = report(protocol, name, price, nodes=nodes, day=protocol.today + changes.get("day", 0))
    reports = [report(protocol, GPT, SPOT)]
    reports.insert(position, bad)
    with refused(reason):
        protocol.oracle.post_many(reports, sender=protocol.outsider.address)
    assert prices(protocol) == [None, None]
    reports[position] = report(protocol, LUNA, 1)
    protocol.oracle.post_many(reports, sender=protocol.outsider.address)
    assert prices(protocol) == [SPOT, 1]


def test_the_reviewer_posts_reviewed_and_others_together(protocol: Protocol) -> None:
    """One transaction for both kinds, by him alone."""
    reports = [report(protocol, GPT, SPOT), report(protocol, INDEX, 5)]
    with refused("oracle: not the reviewer"):
        protocol.oracle.post_many(reports, sender=protocol.outsider.address)
    protocol.oracle.post_many(reports, sender=protocol.reviewer.address)
    assert protocol.oracle.fixing(INDEX, protocol.today).price == 5


def test_up_to_eight_reports_fit(protocol: Protocol) -> None:
    """Eight in one call, no more; none at all does nothing."""
    names = [f"openai/model-{i}" for i in range(9)]
    for name in names:
        protocol.oracle.add_underlying(name, False, sender=protocol.owner.address)
    reports = [report(protocol, name, price) for price, name in enumerate(names)]
    with refused(None):
        protocol.oracle.post_many(reports, sender=protocol.outsider.address)
    receipt = protocol.send(protocol.oracle.post_many, reports[:8], by=protocol.outsider)
    assert [fields["price"] for _, _, fields in receipt.events] == list(range(8))
    assert protocol.send(protocol.oracle.post_many, [], by=protocol.outsider).events == []
