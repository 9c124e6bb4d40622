"""Charts as PNG: where they go, and how they look. matplotlib draws them without a display (the extra [hedging])."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ifx_sdk.errors import BadFile, MissingExtra

if TYPE_CHECKING:
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
