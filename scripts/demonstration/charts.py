"""Charts of block characters: one row of text a line, no colour needed to read them."""

from collections.abc import Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def columns(values: Sequence[int | None], width: int, height: int) -> list[str]:
    """A column chart, `height` lines from the top; each column is the last value of its part of the series.

    None gives an empty column. Integers of any unit; the highest fills the chart.
    """
    top = max((each for each in values if each is not None), default=0)
    width = min(width, len(values))
    picked = [values[(index + 1) * len(values) // width - 1] for index in range(width)]
    eighths = [0 if each is None or top == 0 else max(1, each * height * 8 // top) for each in picked]
    return ["".join(_EIGHTHS[max(0, min(8, each - 8 * (row - 1)))] for each in eighths) for row in range(height, 0, -1)]


def share(part: int, whole: int, width: int) -> str:
    """`part` of `whole` as a bar of `width` characters: full blocks, and light ones for the rest."""
    full = 0 if whole == 0 else (2 * part * width + whole) // (2 * whole)
    return "█" * full + "░" * (width - full)
