"""The charts of a publication as SVG, drawn here: lines, shares stacked over days, and effects above and below zero.

Every chart is as wide as the place it stands in and takes its colours from the page's style sheet, so that one drawing
serves light and dark. A day without a figure is a gap, never a line drawn across it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from html import escape
from itertools import groupby
from typing import Final

from ifx_index.publish.scale import Axis, places, round_axis, short

WIDTH: Final = 400
HEIGHT: Final = 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 8, 10, 22
_DATES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """One thing that is drawn over the days."""

    name: str
    """What it is called."""

    style: str
    """Class of the style sheet."""

    values: Sequence[Fraction | None]
    """One for each day; None where there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What a chart is about."""

    title: str
    """One sentence for who does not see it."""

    days: Sequence[date]
    """Ascending."""

    hints: Sequence[str]
    """What to say of each day under the pointer."""

    faint: frozenset[int] = frozenset()
    """Places of days that are no mark: they get a shade behind them."""


def _days(frame: Frame) -> Axis:
    first, last = frame.days[0].toordinal(), frame.days[-1].toordinal()
    # Half a day on either side, so that the bars of the first and last day stand inside.
    low, high = Fraction(2 * first - 1, 2), Fraction(2 * last + 1, 2)
    return Axis(low=low, high=high, start=_LEFT, end=WIDTH - _RIGHT)


def _up(low: Fraction, high: Fraction) -> Axis:
    return round_axis(low, high, HEIGHT - _BOTTOM, _TOP)


def _svg(frame: Frame, body: str) -> str:
    title = escape(frame.title)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
        f"{body}{''.join(_pointers(frame))}</svg>"
    )


def _column(x: Axis, day: date) -> tuple[Fraction, Fraction]:
    """Left end and width of a day."""
    left = x.at(Fraction(2 * day.toordinal() - 1, 2))
    return left, x.at(Fraction(2 * day.toordinal() + 1, 2)) - left


def _rect(style: str, left: Fraction, top: Fraction, width: Fraction, height: Fraction, inside: str = "") -> str:
    box = f'x="{places(left)}" y="{places(top)}" width="{places(width)}" height="{places(height)}"'
    return f'<rect class="{style}" {box}>{inside}</rect>' if inside else f'<rect class="{style}" {box}/>'


def _pointers(frame: Frame) -> Iterator[str]:
    x = _days(frame)
    for day, hint in zip(frame.days, frame.hints, strict=True):
        left, width = _column(x, day)
        inside = f"<title>{escape(hint)}</title>"
        yield _rect("hit", left, Fraction(_TOP), width, Fraction(HEIGHT - _TOP - _BOTTOM), inside)


def _grid(frame: Frame, y: Axis, unit: str = "") -> Iterator[str]:
    x = _days(frame)
    for place in sorted(frame.faint):
        left, width = _column(x, frame.days[place])
        yield _rect("shade", left, Fraction(_TOP), width, Fraction(HEIGHT - _TOP - _BOTTOM))
    for tick in y.ticks:
        at = places(y.at(tick))
        style = "zero" if tick == 0 else "grid"
        yield f'<path class="{style}" d="M{_LEFT} {at}H{WIDTH - _RIGHT}"/>'
        label = places(y.at(tick) + 4)
        yield f'<text class="tick" x="{_LEFT - 6}" y="{label}" text-anchor="end">{short(tick)}{unit}</text>'
    yield from _dates(frame, x)


def _dates(frame: Frame, x: Axis) -> Iterator[str]:
    first, last = frame.days[0], frame.days[-1]
    span = (last - first).days
    count = min(_DATES, span + 1)
    for number in range(count):
        day = first + timedelta(days=span * number // max(1, count - 1))
        anchor = "start" if number == 0 else "end" if number == count - 1 else "middle"
        place = _LEFT if number == 0 else WIDTH - _RIGHT if number == count - 1 else x.at(day.toordinal())
        yield f'<text class="tick" x="{places(place)}" y="{HEIGHT - 6}" text-anchor="{anchor}">{day:%d %b}</text>'


def _runs(frame: Frame, values: Sequence[Fraction | None]) -> Iterator[list[tuple[date, Fraction]]]:
    """Stretches of days that follow one another and have a figure each."""
    known = [(day, value) for day, value in zip(frame.days, values, strict=True) if value is not None]
    for _, run in groupby(enumerate(known), key=lambda each: each[1][0].toordinal() - each[0]):
        yield [point for _, point in run]


def lines(frame: Frame, tracks: Sequence[Track]) -> str:
    """Values over days; a value on its own, between two gaps, is a dot."""
    known = [value for track in tracks for value in track.values if value is not None] or [Fraction(0)]
    x, y = _days(frame), _up(min(known), max(known))
    parts = list(_grid(frame, y))
    for track in tracks:
        for run in _runs(frame, track.values):
            at = [f"{places(x.at(day.toordinal()))} {places(y.at(value))}" for day, value in run]
            parts.append(f'<path class="line {track.style}" d="M{"L".join(at)}"/>')
            last = at[-1].split(" ")
            if len(run) == 1 or run[-1][0] == frame.days[-1]:
                parts.append(f'<circle class="dot {track.style}" cx="{last[0]}" cy="{last[1]}" r="3"/>')
    return _svg(frame, "".join(parts))


def stacked(frame: Frame, tracks: Sequence[Track], least: Fraction | None = None) -> str:
    """Shares of 1 as columns on top of each other; `least` is a line that they should reach."""
    x, y = _days(frame), Axis(low=Fraction(0), high=Fraction(100), start=HEIGHT - _BOTTOM, end=_TOP, ticks=_PERCENTS)
    parts = list(_grid(frame, y, "%"))
    floors = [Fraction(0)] * len(frame.days)
    for track in tracks:
        for place, (day, share) in enumerate(zip(frame.days, track.values, strict=True)):
            if not share:
                continue
            left, width = _column(x, day)
            top, bottom = y.at(100 * (floors[place] + share)), y.at(100 * floors[place])
            parts.append(_rect(track.style, left + Fraction(width, 12), top, width * Fraction(5, 6), bottom - top))
            floors[place] += share
    if least is not None:
        parts.append(f'<path class="least" d="M{_LEFT} {places(y.at(100 * least))}H{WIDTH - _RIGHT}"/>')
    return _svg(frame, "".join(parts))


_PERCENTS: Final = tuple(Fraction(each) for each in (0, 25, 50, 75, 100))


def effects(frame: Frame, tracks: Sequence[Track]) -> str:
    """Figures of either sign as columns: those above zero on top of each other, those below hang from it."""
    ends = [
        sum(
            (value for track in tracks if (value := track.values[place]) is not None and (value > 0) is up), Fraction(0)
        )
        for place in range(len(frame.days))
        for up in (True, False)
    ]
    x, y = _days(frame), _up(min(*ends, Fraction(0)), max(*ends, Fraction(0)))
    parts = list(_grid(frame, y))
    for place, day in enumerate(frame.days):
        above = below = Fraction(0)
        left, width = _column(x, day)
        for track in tracks:
            value = track.values[place]
            if not value:
                continue
            base = above if value > 0 else below
            top, bottom = y.at(max(base, base + value)), y.at(min(base, base + value))
            parts.append(_rect(track.style, left + Fraction(width, 8), top, width * Fraction(3, 4), bottom - top))
            above, below = (above + value, below) if value > 0 else (above, below + value)
    return _svg(frame, "".join(parts))


def spark(days: Sequence[date], values: Sequence[Fraction | None], style: str) -> str:
    """A line without axes, for a tile."""
    frame = Frame(title="", days=days, hints=())
    known = [value for value in values if value is not None] or [Fraction(0)]
    low, high = min(known), max(known)
    x = Axis(low=Fraction(days[0].toordinal()), high=Fraction(days[-1].toordinal() + 1), start=2, end=198)
    y = Axis(low=low, high=high if high > low else low + 1, start=42, end=6)
    parts = []
    for run in _runs(frame, values):
        at = [f"{places(x.at(day.toordinal()))} {places(y.at(value))}" for day, value in run]
        parts.append(f'<path class="line {style}" d="M{"L".join(at)}"/>')
    return (
        f'<svg class="spark" viewBox="0 0 200 48" aria-hidden="true" preserveAspectRatio="none">{"".join(parts)}</svg>'
    )
