"""What of an index becomes a report: a first revision of quality GOOD, of the day before, and nothing else."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from support.nodes import DOMAIN, SIGNERS

from ifx_index.record import Record
from ifx_sdk.calendar import day_number
from ifx_sdk.errors import BadUnderlying, BadValue
from oracle_node.errors import SecondReport
from oracle_node.index_feed import IndexMark, Withheld, index_mark, sign_index
from oracle_node.report import ReportBook, verify

D = date(2026, 7, 20)
M = day_number(D) + 1
NAME = "index/lpi-openai"
GOOD = Record(
    series="LPI-openai",
    date=D,
    methodology="1.0",
    revision=1,
    inputs_hash="ab" * 32,
    value=13_079_906,
    diagnostics={"quality_status": "GOOD", "price_coverage_ppm": 958_464},
    published_at=datetime(2026, 7, 21, 6, tzinfo=UTC),
)
CORRECTED = replace(GOOD, revision=2, value=13_000_000, reason="late rows")
COMPANION = replace(GOOD, series="LPI-openai-O", value=4_000_000)


def withheld(*records: Record, name: str = NAME, day: int = M) -> str:
    """Why there is no mark."""
    found = index_mark(records, name, day)
    assert isinstance(found, Withheld)
    return found.why


def mark(*records: Record, name: str = NAME) -> IndexMark:
    """The mark there is."""
    found = index_mark(records, name, M)
    assert isinstance(found, IndexMark)
    return found


def test_the_day_before_fixes_the_day() -> None:
    """M-1 and no other; the manifest is the record with its inputs hash, and its hash the evidence."""
    found = mark(GOOD, COMPANION)
    assert (found.price, found.day, found.corrected) == (13_079_906, M, ())
    document = json.loads(found.manifest, parse_float=str)
    assert document == {"format": "ifx-index-1", "underlying": NAME, "day": M, "record": GOOD.row()}
    assert "is not recorded" in withheld(GOOD, day=M - 1)
    assert "is not recorded" in withheld(GOOD, day=M + 1)


def test_a_name_is_the_series_in_lower_case() -> None:
    """A companion and an external index are names of their own."""
    external = replace(GOOD, series="OTPI-openai", value=1_232_700)
    assert mark(GOOD, COMPANION, external, name="index/lpi-openai-o").price == 4_000_000
    assert mark(GOOD, COMPANION, external, name="index/otpi-openai").price == 1_232_700
    assert "is not recorded" in withheld(GOOD, name="index/lpi")


@pytest.mark.parametrize("status", ["DEGRADED", "POOR", "NO_VALUE", None])
def test_only_good_becomes_a_report(status: str | None) -> None:
    """Whatever the value is; an index that states no quality is not GOOD."""
    worse = replace(GOOD, diagnostics={} if status is None else {"quality_status": status})
    assert "only GOOD is eligible" in withheld(worse)


def test_a_record_without_a_value_is_withheld() -> None:
    """Even one that calls itself GOOD."""
    assert "LPI-openai".lower() in withheld(replace(GOOD, value=None))


def test_later_revisions_never_settle() -> None:
    """The first one stays the mark, the correction is shown; and no correction makes a first one GOOD."""
    found = mark(GOOD, CORRECTED)
    assert (found.price, found.corrected) == (GOOD.value, (CORRECTED,))
    assert found.manifest == mark(GOOD).manifest
    poor = replace(GOOD, diagnostics={"quality_status": "POOR"})
    assert "quality POOR" in withheld(poor, CORRECTED)


def test_a_store_without_the_first_revision_is_not_believed() -> None:
    """A second revision alone is no first one."""
    assert "not whole" in withheld(CORRECTED)


def test_a_value_published_after_its_day_fixes_nothing() -> None:
    """A backfill of the past makes no mark, whatever its quality; the last second of the day still does."""
    late = datetime(2026, 7, 22, tzinfo=UTC)
    assert "after the day" in withheld(replace(GOOD, published_at=late))
    assert mark(replace(GOOD, published_at=late - timedelta(seconds=1))).price == GOOD.value


@pytest.mark.parametrize(("name", "error"), [("openai/gpt-4.1", BadValue), ("index/LPI", BadUnderlying)])
def test_another_name_is_refused(name: str, error: type[Exception]) -> None:
    """A model is no index reference, and names are lower case."""
    with pytest.raises(error):
        index_mark([GOOD], name, M)


def test_a_node_signs_what_may_be_a_report_and_tells_the_rest() -> None:
    """Its signature is over the record's own evidence, and it signs no second price of the day."""
    poor = replace(COMPANION, diagnostics={"quality_status": "POOR"})
    book, node = ReportBook(), SIGNERS[0]
    names = [NAME, "index/lpi-openai-o"]
    report, told = sign_index([GOOD, poor], names, M, book, node, DOMAIN)
    assert isinstance(told, Withheld)
    assert not isinstance(report, Withheld)
    assert verify(report, DOMAIN, {node.address}) == report
    assert (report.attestation.price, report.attestation.evidence) == (GOOD.value, mark(GOOD).evidence)
    with pytest.raises(SecondReport):
        sign_index([replace(GOOD, value=1)], [NAME], M, book, node, DOMAIN)
