"""The oracle's views beside the settlement price."""

from typing import Any

import pytest
from support.protocol import DAY, GPT, INDEX, LUNA, SPOT, TODAY, ZERO, Protocol

from ifx_sdk.signing import report_digest

NO_FIXING = {"price": 0, "cumulative": 0, "signers": 0, "posted": False}


def test_fixing_is_all_zero_where_there_is_none(protocol: Protocol) -> None:
    """For other days, other names, unknown names, and days that no word holds."""
    protocol.post()
    for name, day in (
        (GPT, TODAY - 1),
        (GPT, TODAY + 1),
        (LUNA, TODAY),
        ("openai/gpt-9", TODAY),
        ("", TODAY),
        (GPT, 0),
        (GPT, 2**24 - 1),
        (GPT, 2**24),
        (GPT, 2**24 + TODAY),
        (GPT, 2**256 - 1),
    ):
        assert protocol.oracle.fixing(name, day)._asdict() == NO_FIXING
    assert protocol.oracle.fixing(GPT, TODAY).posted


def test_latest_is_the_newest_fixing(protocol: Protocol) -> None:
    """Its day and price; zeros before the first and for unknown names."""
    assert tuple(protocol.oracle.latest(GPT)) == (0, 0)
    protocol.post(5)
    protocol.travel_to_day(TODAY + 3)
    assert tuple(protocol.oracle.latest(GPT)) == (TODAY, 5)
    protocol.post(0)
    assert tuple(protocol.oracle.latest(GPT)) == (TODAY + 3, 0)
    assert tuple(protocol.oracle.latest("openai/gpt-9")) == (0, 0)


def test_names_and_indices_lead_to_each_other(protocol: Protocol) -> None:
    """Index 0 and indices past the last have no name."""
    assert [protocol.oracle.underlying_index(name) for name in (GPT, LUNA, INDEX, "openai/gpt-9", "")] == [
        1,
        2,
        3,
        0,
        0,
    ]
    assert [tuple(protocol.oracle.underlying(index)) for index in (1, 2, 3)] == [
        (GPT, False),
        (LUNA, False),
        (INDEX, True),
    ]
    for index in (0, 4, 2**16, 2**256 - 1):
        assert tuple(protocol.oracle.underlying(index)) == ("", False)


def test_posting_changes_no_name(protocol: Protocol) -> None:
    """The fixing that an underlying repeats in its word leaves index and review alone."""
    protocol.post(2**40 - 1)
    protocol.post(2**40 - 1, underlying=INDEX)
    assert tuple(protocol.oracle.underlying(1)) == (GPT, False)
    assert tuple(protocol.oracle.underlying(3)) == (INDEX, True)
    assert protocol.oracle.underlying_index(INDEX) == 3


@pytest.mark.parametrize(
    "values", [(GPT, TODAY, SPOT, b"\1" * 32), ("abc", 0, 0, b"\0" * 32), (LUNA, 2**256 - 1, 2**256 - 1, b"\xff" * 32)]
)
def test_report_hash_answers_for_any_report(protocol: Protocol, values: tuple[Any, ...]) -> None:
    """Also for names that are not listed and prices that could never be posted."""
    name, day, price, evidence = values
    assert bytes(protocol.oracle.report_hash(*values)) == report_digest(
        name, day, price, evidence, protocol.oracle_domain
    )


def test_signers_on_answers_for_every_later_day(protocol: Protocol) -> None:
    """Today, tomorrow and for ever, until another set is announced."""
    expected = ([node.address for node in protocol.nodes], 3, TODAY)
    for day in (TODAY, TODAY + 1, 2**24, 2**256 - 1):
        signer_set = protocol.oracle.signers_on(day)
        assert (list(signer_set.signers), signer_set.quorum, signer_set.from_day) == expected


def test_the_roles_are_public(protocol: Protocol) -> None:
    """As they were set at deployment."""
    assert protocol.oracle.reviewer() == protocol.reviewer.address
    assert (protocol.oracle.owner(), protocol.oracle.pending_owner()) == (protocol.owner.address, ZERO)
    assert protocol.oracle.underlying_count() == 3


def test_time_alone_changes_no_fixing(protocol: Protocol) -> None:
    """A fixing reads the same years later."""
    protocol.post()
    before = protocol.oracle.fixing(GPT, TODAY)
    protocol.travel(protocol.now + 3650 * DAY)
    assert protocol.oracle.fixing(GPT, TODAY) == before


def test_signers_on_a_day_before_the_first_set_are_none(protocol: Protocol) -> None:
    """The view answers, empty, for days on which nobody could sign."""
    signer_set = protocol.oracle.signers_on(TODAY - 1)
    assert (list(signer_set.signers), signer_set.quorum, signer_set.from_day) == ([], 0, 0)
    assert len(protocol.oracle.signers_on(TODAY).signers) == 4
