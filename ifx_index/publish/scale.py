"""Exact axes: round ticks and places on a drawing, from fractions, without a float."""

from dataclasses import dataclass
from fractions import Fraction

_STEPS = (1, 2, 5)


def places(value: Fraction | int) -> str:
    """A coordinate with at most one decimal place."""
    tenths = round(value * 10)
    sign, (whole, rest) = "-" if tenths < 0 else "", divmod(abs(tenths), 10)
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """Values from `low` to `high` on pixels from `start` to `end`."""

    low: Fraction
    """The value at `start`."""

    high: Fraction
    """The value at `end`, above `low`."""

    start: int
    """Pixels."""

    end: int
    """Pixels; below `start` on an axis that points up."""

    ticks: tuple[Fraction, ...] = ()
    """Round values from `low` to `high`."""

    def at(self, value: Fraction | int) -> Fraction:
        """The place of a value, in pixels."""
        return self.start + Fraction(value - self.low, self.high - self.low) * (self.end - self.start)


def _step(span: Fraction, most: int) -> Fraction:
    """The smallest of 1, 2, 5 times a power of ten that divides `span` into at most `most` parts."""
    power = Fraction(1)
    while power * most > span:
        power = Fraction(power, 10)
    while True:
        for step in _STEPS:
            if step * power * most >= span:
                return step * power
        power *= 10


def round_axis(low: Fraction, high: Fraction, start: int, end: int, most: int = 4) -> Axis:
    """An axis that holds both values, its ends among its round ticks."""
    if low == high:
        low, high = (
            (low - Fraction(abs(low), 10), high + Fraction(abs(high), 10)) if low else (Fraction(-1), Fraction(1))
        )
    step = _step(high - low, most)
    first, last = (low // step) * step, -((-high) // step) * step
    ticks = tuple(first + step * number for number in range((last - first) // step + 1))
    return Axis(low=first, high=last, start=start, end=end, ticks=ticks)


def short(value: Fraction, most: int = 6) -> str:
    """A tick's value with as many decimal places as it needs, at most `most`."""
    digits = 0
    while digits < most and (value * 10**digits).denominator != 1:
        digits += 1
    number = round(value * 10**digits)
    text = f"{abs(number):0{digits + 1}d}"
    sign = "-" if number < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"
