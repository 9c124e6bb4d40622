"""A company's composite: reliability weights, null cells, both aggregations, both bases, and when weights change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from ifx_index.cati import Aggregation, Composition, company_index, weigh
from ifx_index.errors import BadFigures
from ifx_index.rebalance import Book, Cause, Observed, advance, first_business_day

HALF = Fraction(1, 2)


def cells(**reported: int | Fraction | None) -> dict[str, Fraction | None]:
    """What each source reports."""
    return {source: None if figure is None else Fraction(figure) for source, figure in reported.items()}


def composition(direct: int = 60, a: int = 50, b: int = 50, *, price_b: int | None = 20) -> Composition:
    """Two channels, two models in the first, one source."""
    return Composition(
        reliability={"log": Fraction(1)},
        channel_share={"direct": cells(log=direct), "cloud": cells(log=100 - direct)},
        volume={"direct": {"a": cells(log=a), "b": cells(log=b)}, "cloud": {"a": cells(log=10)}},
        price={"direct": cells(a=10, b=price_b), "cloud": cells(a=12)},
    )


def two_sources(**volume: Mapping[str, Fraction | None]) -> Composition:
    """One channel seen by two sources, the second half as reliable."""
    return Composition(
        reliability={"api": Fraction(1), "inv": HALF},
        channel_share={"direct": cells(api=1, inv=None)},
        volume={"direct": volume},
        price={"direct": cells(a=10, b=20)},
    )


def test_the_token_basis_averages_prices_and_the_spend_basis_their_inverses() -> None:
    """By hand: direct 15 at 0.6, cloud 12 at 0.4."""
    found = company_index(composition())
    assert (found.value, found.spend) == (Fraction(138, 10), 1 / (Fraction(6, 150) + Fraction(4, 120)))


def test_sources_count_by_their_reliability() -> None:
    """70 and 60 of one source each, the second at half."""
    found = weigh(two_sources(a=cells(api=70, inv=60), b=cells(api=30, inv=40)))
    assert found.w == {"direct": {"a": Fraction(2, 3), "b": Fraction(1, 3)}}


def test_a_null_cell_is_skipped_and_never_zero() -> None:
    """As written, an unreported cell lowers the sum; the mean is over those who report."""
    seen = two_sources(a=cells(api=60, inv=60), b=cells(api=60, inv=None))
    assert weigh(seen).w["direct"] == {"a": Fraction(3, 5), "b": Fraction(2, 5)}
    assert weigh(seen, Aggregation.MEAN).w["direct"] == {"a": HALF, "b": HALF}
    zero = two_sources(a=cells(api=60, inv=60), b=cells(api=60, inv=0))
    assert weigh(zero, Aggregation.MEAN).w["direct"] == {"a": Fraction(3, 5), "b": Fraction(2, 5)}


def test_what_nobody_reports_has_no_weight() -> None:
    """A model of null cells alone is not in the mix."""
    assert weigh(two_sources(a=cells(api=5), b=cells(api=None, inv=None))).w["direct"] == {"a": 1, "b": 0}


def test_a_needed_price_that_is_not_known_leaves_no_value() -> None:
    """Weights are not made up; a price that no weight needs may be unknown."""
    found = company_index(composition(price_b=None))
    assert (found.value, found.spend, found.gaps) == (None, None, ("b has no price in direct",))
    assert company_index(composition(b=0, price_b=None)).value == Fraction(108, 10)


def test_a_channel_without_volume_leaves_no_value() -> None:
    """Its share is bought at a price that nobody observed."""
    seen = replace(composition(), volume={"direct": {"a": cells(log=1)}, "cloud": {"a": cells(log=None)}})
    assert company_index(seen).gaps == ("no source reports a volume in cloud",)
    nothing = replace(composition(), channel_share={"direct": cells(log=None)})
    assert company_index(nothing).gaps == ("no source reports a channel's share",)


def test_a_free_channel_has_no_spend_basis() -> None:
    """Money that buys at zero buys without end."""
    seen = replace(composition(), price={"direct": cells(a=0, b=0), "cloud": cells(a=12)})
    assert (company_index(seen).value, company_index(seen).spend) == (Fraction(48, 10), None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reliability": {"log": Fraction(-1)}},
        {"reliability": {"other": Fraction(1)}},
        {"channel_share": {"direct": cells(log=-1)}},
        {"price": {"direct": cells(a=-1)}},
    ],
)
def test_impossible_figures_are_refused(wrong: dict[str, object]) -> None:
    """A figure below zero, or of a source that nobody rated."""
    with pytest.raises(BadFigures):
        replace(composition(), **wrong)  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------------- rebalancing

START = date(2026, 7, 6)


def run(*days: Composition, start: date = START, **first: object) -> Book:
    """Observe days running; `first` is said of the last one."""
    book = Book()
    for count, seen in enumerate(days):
        said = first if count == len(days) - 1 else {}
        book, _ = advance(book, Observed(date=start + timedelta(days=count), composition=seen, **said))  # type: ignore[arg-type]
    return book


def causes(book: Book) -> list[tuple[int, Cause, str]]:
    """The log in short: days since the start, cause, detail."""
    return [((entry.date - START).days, entry.cause, entry.detail) for entry in book.log]


INITIAL = (0, Cause.INITIAL, "")


def test_the_first_day_sets_the_weights_and_later_ones_keep_them() -> None:
    """Between rebalances only prices move."""
    book = run(composition(), composition(direct=65, a=52, b=48))
    assert causes(book) == [INITIAL]
    assert book.weights == weigh(composition())


def test_a_frozen_mix_prices_the_day() -> None:
    """Today's price at the weights in force."""
    book = run(composition())
    _, found = advance(book, Observed(date=START + timedelta(days=1), composition=composition(a=52, b=48, price_b=30)))
    assert found.value == Fraction(6, 10) * 20 + Fraction(4, 10) * 12


def test_a_model_off_by_more_than_five_points_three_days_running_rebalances() -> None:
    """On the third day; exactly five points, or a day between, do not."""
    off, exactly = composition(a=56, b=44), composition(a=55, b=45)
    assert causes(run(composition(), off, off)) == [INITIAL]
    assert causes(run(composition(), off, off, off)) == [INITIAL, (3, Cause.WEIGHT_BREACH, "direct/a")]
    assert causes(run(composition(), exactly, exactly, exactly)) == [INITIAL]
    assert causes(run(composition(), off, off, composition(), off, off)) == [INITIAL]


def test_a_channel_off_by_more_than_ten_points_three_days_running_rebalances() -> None:
    """Exactly ten points do not."""
    off, exactly = composition(direct=71), composition(direct=70)
    assert causes(run(composition(), off, off, off)) == [INITIAL, (3, Cause.CHANNEL_BREACH, "cloud")]
    assert causes(run(composition(), exactly, exactly, exactly)) == [INITIAL]


def test_a_missing_day_breaks_the_run() -> None:
    """Three days running are three days."""
    off = composition(a=56, b=44)
    book = run(composition(), off, off)
    book, _ = advance(book, Observed(date=START + timedelta(days=4), composition=off))
    assert causes(book) == [INITIAL]


@pytest.mark.parametrize(
    ("said", "cause", "detail"),
    [
        ({"deleted": frozenset({"b"})}, Cause.DELETION, "b"),
        ({"renamed": {"a": "a2"}}, Cause.RENAME, "a -> a2"),
    ],
)
def test_a_deletion_or_rename_of_a_constituent_rebalances_at_once(
    said: dict[str, object], cause: Cause, detail: str
) -> None:
    """With its cause in the log."""
    assert causes(run(composition(), composition(), **said)) == [INITIAL, (1, cause, detail)]


def test_a_deletion_or_rename_of_another_model_changes_nothing() -> None:
    """It is no constituent."""
    book = run(composition(), composition(), deleted=frozenset({"z"}), renamed={"y": "z"})
    assert causes(book) == [INITIAL]


def test_the_first_business_day_of_a_month_rebalances() -> None:
    """1 August 2026 is a Saturday: the third is the day, once."""
    book = run(composition(), start=date(2026, 7, 31))
    for day in (1, 2, 3, 4):
        book, _ = advance(book, Observed(date=date(2026, 8, day), composition=composition()))
    assert [(entry.date, entry.cause) for entry in book.log[1:]] == [(date(2026, 8, 3), Cause.SCHEDULED)]


def test_a_schedule_whose_day_was_missed_is_kept_on_the_next() -> None:
    """The month's rebalance is late rather than lost."""
    book = run(composition(), start=date(2026, 7, 31))
    book, _ = advance(book, Observed(date=date(2026, 8, 6), composition=composition()))
    assert [(entry.date, entry.cause) for entry in book.log[1:]] == [(date(2026, 8, 6), Cause.SCHEDULED)]


@pytest.mark.parametrize(
    ("month", "day"), [(date(2026, 8, 20), 3), (date(2026, 11, 20), 2), (date(2026, 7, 20), 1), (date(2026, 6, 1), 1)]
)
def test_a_business_day_is_no_saturday_or_sunday(month: date, day: int) -> None:
    """August begins on a Saturday, November on a Sunday, July and June on workdays."""
    assert first_business_day(month) == month.replace(day=day)


def test_a_cause_without_usable_weights_waits() -> None:
    """A day of null cells sets no weights; the log is only ever added to."""
    nothing = replace(composition(), channel_share={"direct": cells(log=None)})
    book, found = advance(Book(), Observed(date=START, composition=nothing))
    assert (book.log, found.value) == ((), None)
    book, _ = advance(book, Observed(date=START + timedelta(days=1), composition=composition()))
    assert causes(book) == [(1, Cause.INITIAL, "")]


def test_days_come_in_order() -> None:
    """A day is observed once, and none before it later."""
    book = run(composition())
    with pytest.raises(BadFigures):
        advance(book, Observed(date=START, composition=composition()))


def test_a_log_entry_is_kept_as_text() -> None:
    """Exact weights with the cause."""
    assert run(composition()).log[0].document() == {
        "number": 1,
        "date": "2026-07-06",
        "cause": "INITIAL",
        "detail": "",
        "pi": {"direct": "3/5", "cloud": "2/5"},
        "w": {"direct": {"a": "1/2", "b": "1/2"}, "cloud": {"a": "1"}},
    }
