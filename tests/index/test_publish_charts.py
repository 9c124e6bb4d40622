"""The charts of the page: whole SVG, gaps that stay gaps, shares that fill, effects on their own side of zero."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from ifx_index.publish.charts import Frame, Track, effects, lines, spark, stacked

FIRST = date(2026, 7, 18)
SVG = "{http://www.w3.org/2000/svg}"


def frame(*offsets: int, hints: Sequence[str] = (), faint: frozenset[int] = frozenset()) -> Frame:
    """A chart over some days, counted from the first."""
    days = [FIRST + timedelta(days=each) for each in offsets]
    return Frame(title="a < b", days=days, hints=hints or [f"{day}" for day in days], faint=faint)


def track(*values: str | None, style: str = "w1") -> Track:
    return Track(name=style, style=style, values=[None if each is None else Fraction(each) for each in values])


def drawn(chart: str) -> ElementTree.Element:
    """The chart as a reader of XML sees it; raises where it is not whole."""
    return ElementTree.fromstring(chart)  # noqa: S314 - drawn here


def boxes(chart: str, style: str) -> list[tuple[Fraction, Fraction]]:
    """Top and bottom of the rectangles of a style, in pixels from above."""
    found = [each for each in drawn(chart).iter("rect") if each.get("class") == style]
    tops = [(Fraction(each.attrib["y"]), Fraction(each.attrib["height"])) for each in found]
    return [(top, top + height) for top, height in tops]


@pytest.mark.parametrize(
    ("offsets", "values", "stretches"),
    [
        ((0, 1, 2), ("1", "2", "3"), 1),
        ((0, 1, 2), ("1", None, "3"), 2),
        ((0, 1, 5), ("1", "2", "3"), 2),
        ((0, 1, 2), (None, None, None), 0),
        ((0,), ("1",), 1),
    ],
    ids=["whole", "no value", "no day", "nothing", "one day"],
)
def test_a_line_is_not_drawn_across_a_gap(
    offsets: tuple[int, ...], values: tuple[str | None, ...], stretches: int
) -> None:
    """Whether a day has no record or a record has no value."""
    chart = lines(frame(*offsets), [track(*values)])
    assert len([each for each in drawn(chart).iter("path") if each.get("class") == "line w1"]) == stretches


def test_days_stand_where_they_are_in_time() -> None:
    """A gap of days is a gap of pixels."""
    chart = lines(frame(0, 1, 3), [track("1", "2", "3")])
    lefts = [Fraction(each.attrib["x"]) for each in drawn(chart).iter("rect") if each.get("class") == "hit"]
    assert lefts[2] - lefts[1] == pytest.approx(2 * (lefts[1] - lefts[0]), abs=Fraction(1, 5))


def test_shares_of_one_fill_the_column() -> None:
    """On top of each other, from the axis to the upper edge."""
    chart = stacked(frame(0), [track("0.25"), track("0.75", style="w2"), track("0", style="w3")], Fraction(95, 100))
    (low,), (high,) = boxes(chart, "w1"), boxes(chart, "w2")
    assert (low[0], high[1] - low[0]) == (high[1], 0)
    assert (high[0], low[1]) == (10, 168)
    assert boxes(chart, "w3") == []


def test_effects_stand_on_their_own_side_of_zero() -> None:
    """Two of one sign on top of each other, two of both signs on either side."""
    chart = effects(frame(0, 1), [track("2", "2", style="prices"), track("1", "-1", style="mix")])
    (zero,) = {
        each.attrib["d"].split(" ")[1].split("H")[0]
        for each in drawn(chart).iter("path")
        if each.get("class") == "zero"
    }
    prices, mix = boxes(chart, "prices"), boxes(chart, "mix")
    assert [bottom for _, bottom in prices] == [Fraction(zero)] * 2
    assert abs(mix[0][1] - prices[0][0]) <= Fraction(1, 10)
    assert mix[1][0] == Fraction(zero)


def test_what_is_said_of_a_day_is_escaped() -> None:
    """A model's name is text, in hints and titles."""
    chart = lines(frame(0, 1, hints=["<i>x</i>", "a & b"]), [track("1", "2")])
    assert [each.text for each in drawn(chart).iter("title")] == ["<i>x</i>", "a & b"]
    assert drawn(chart).attrib["aria-label"] == "a < b"


def test_days_that_are_no_mark_are_shaded() -> None:
    """Behind what is drawn, and only those."""
    chart = lines(frame(0, 1, 2, faint=frozenset({1})), [track("1", "2", "3")])
    assert len(boxes(chart, "shade")) == 1
    assert chart.index('class="shade"') < chart.index('class="line')


def test_a_tiles_line_needs_no_value() -> None:
    """One value or none is drawn as well."""
    days = frame(0, 1).days
    assert "<path" not in spark(days, [None, None], "total")
    assert len(re.findall("<path", spark(days, [Fraction(1), None], "total"))) == 1
