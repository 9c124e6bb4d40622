"""Charts as PNG: where they go, and how they look. matplotlib draws them without a display (the extra [hedging])."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ifx_sdk.errors import BadFile, MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, GRID = "#1b2733", "#5c6b7a", "#dfe5ea"
"""Text, secondary text, lines behind."""

BLUE, TEAL, PURPLE, AMBER = "#1f5fa8", "#16877a", "#7a4fa3", "#c77d0a"
"""The proposal, its two alternatives, what is compared or warned of."""

_DPI: Final = 160
_LONGEST_NAME: Final = 48
_STYLE: Final[dict[str, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": GRID,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "figure.facecolor": "white",
    "legend.frameon": False,
    "text.parse_math": False,  # a model's name may hold a dollar sign
}


def prepare(path: str, *, overwrite: bool) -> str:
    """Check before the work whether a picture can be drawn there. Raises BadFile, MissingExtra."""
    from ifx_sdk.cli.reading import refuse_existing

    if Path(path).suffix.lower() != ".png":
        raise BadFile(path, "a chart is a PNG", cure="Name a file that ends in .png.")
    if not Path(path).parent.is_dir():
        raise BadFile(path, "its folder does not exist", cure="Make the folder first, or name another.")
    refuse_existing(path, overwrite=overwrite)
    try:
        import matplotlib.figure  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtra("hedging", "a chart") from error
    return path


@contextmanager
def styled(width: int, height: int) -> Iterator[Figure]:
    """A new figure of so many inches in the house's style; no window, and no setting outlives the block."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        yield Figure(figsize=(width, height), dpi=_DPI)


def label_ends(axes: Axes, ends: list[tuple[float, str, str]], *, step: float, bold: bool = False) -> None:
    """Name each line at its right end, in its colour, with a thin line to it where names are pushed apart.

    `ends` are height, name and colour; `step` is the least distance of two names, as a part of the axis.
    """
    bottom, top = axes.get_ylim()
    apart = (top - bottom) * step
    ordered = sorted(ends, reverse=True)
    heights: list[float] = []
    for value, _, _ in ordered:
        heights.append(value if not heights else min(value, heights[-1] - apart))
    # Half of what the last one was pushed down by is taken back by all, so that a crowd sits around its lines.
    crowd = next((n for n in range(len(ordered)) if heights[n] != ordered[n][0]), None)
    if crowd:
        room = apart if crowd < 2 else heights[crowd - 2] - heights[crowd - 1] - apart
        lift = min(max(room, 0), (ordered[-1][0] - heights[-1]) / 2)
        heights = [each + lift if n >= crowd - 1 else each for n, each in enumerate(heights)]
    across = axes.get_yaxis_transform()
    for (value, name, color), height in zip(ordered, heights, strict=True):
        axes.annotate(
            name,
            (1.0, value),
            xytext=(1.03, height),
            xycoords=across,
            textcoords=across,
            va="center",
            size=9.5,
            weight="bold" if bold else "normal",
            color=INK if color == QUIET else color,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": color, "linewidth": 0.7, "shrinkA": 2, "shrinkB": 0},
        )


def short_name(text: str) -> str:
    """A name that fits a chart and its font: plain ASCII, at most 48 characters."""
    plain = text.encode("ascii", "replace").decode()
    return plain if len(plain) <= _LONGEST_NAME else f"{plain[: _LONGEST_NAME - 3]}..."


def write_picture(path: str, drawn: Figure, *, overwrite: bool) -> None:
    """Write a figure whole or not at all. Raises BadFile."""
    from ifx_sdk.cli.reading import refuse_existing

    refuse_existing(path, overwrite=overwrite)
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            drawn.savefig(draft, format="png", metadata={"Software": "ifx"})
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        cure = "Name a file in a folder that can be written."
        raise BadFile(path, f"cannot be written: {error.strerror}", cure=cure) from error
