"""Charts as SVG on a white card, in the colours of the command's charts; exact places, so that nothing drifts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import Final

from ifx_index.publish.scale import Axis, places
from ifx_sdk.cli.pictures import AMBER, BLUE, GRID, INK, PURPLE, QUIET, TEAL

__all__ = ["AMBER", "BLUE", "GRID", "INK", "PURPLE", "QUIET", "RED", "TEAL", "Card", "Panel", "apart", "panel"]

RED: Final = "#b3372f"
"""What is far too high."""

FONT: Final = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
Point = tuple[Fraction, Fraction]


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A drawing in the making."""

    width: int
    """Pixels."""

    height: int
    """Pixels."""

    title: str
    """One sentence for who does not see it."""

    parts: list[str] = field(default_factory=list)
    """What was drawn so far."""

    def add(self, *parts: str) -> None:
        """Draw on top."""
        self.parts.extend(parts)

    def text(
        self,
        x: Fraction | int,
        y: Fraction | int,
        words: str,
        *,
        color: str = INK,
        size: int = 12,
        bold: bool = False,
        anchor: str = "start",
    ) -> None:
        """Words with their baseline at a place."""
        weight = ' font-weight="600"' if bold else ""
        self.add(
            f'<text x="{places(x)}" y="{places(y)}" fill="{color}" font-size="{size}"{weight} '
            f'text-anchor="{anchor}">{escape(words, quote=False)}</text>'
        )

    def svg(self) -> str:
        """The finished file."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'font-family="{FONT}" role="img" aria-labelledby="title">'
        )
        card = f'<rect width="{self.width}" height="{self.height}" rx="10" fill="#ffffff" stroke="#d0d7de"/>'
        return "\n".join((head, f'<title id="title">{escape(self.title)}</title>', card, *self.parts, "</svg>", ""))


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A field of a card with two axes."""

    card: Card
    """Where it is drawn."""

    x: Axis
    """Left to right."""

    y: Axis
    """Bottom to top."""

    def band(self, low: Fraction, high: Fraction, color: str, opacity: str) -> None:
        """Shade a stretch of the upright axis over the whole width."""
        top, bottom = self.y.at(high), self.y.at(low)
        self.card.add(
            f'<rect x="{self.x.start}" y="{places(top)}" width="{self.x.end - self.x.start}" '
            f'height="{places(bottom - top)}" fill="{color}" fill-opacity="{opacity}"/>'
        )

    def grid(self, across: Callable[[Fraction], str], up: Callable[[Fraction], str]) -> None:
        """Lines and labels of both axes."""
        for tick in self.y.ticks:
            at = self.y.at(tick)
            self.card.add(
                f'<path d="M{self.x.start} {places(at)}H{self.x.end}" stroke="{GRID}" stroke-width="1" fill="none"/>'
            )
            self.card.text(self.x.start - 8, at + 4, up(tick), color=QUIET, size=11, anchor="end")
        for tick in self.x.ticks:
            self.card.text(self.x.at(tick), self.y.start + 18, across(tick), color=QUIET, size=11, anchor="middle")

    def line(self, points: Iterable[Point], color: str, *, dashed: bool = False) -> None:
        """A curve."""
        path = "L".join(f"{places(self.x.at(x))} {places(self.y.at(y))}" for x, y in points)
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self.card.add(
            f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2.4" stroke-linejoin="round"{dashes}/>'
        )

    def dots(self, points: Iterable[Point], color: str, *, hollow: bool = False, radius: str = "4") -> None:
        """Values of their own; hollow ones are what should not be believed."""
        fill, line = ("#ffffff", color) if hollow else (color, "#ffffff")
        for x, y in points:
            self.card.add(
                f'<circle cx="{places(self.x.at(x))}" cy="{places(self.y.at(y))}" r="{radius}" fill="{fill}" '
                f'stroke="{line}" stroke-width="1.5"/>'
            )

    def label(
        self,
        x: Fraction | int,
        y: Fraction,
        words: str,
        color: str,
        *,
        dx: int = 0,
        dy: int = 0,
        anchor: str = "middle",
    ) -> None:
        """Words beside a value, moved by so many pixels."""
        at = self.x.at(x) + dx, self.y.at(y) + dy
        self.card.text(*at, words, color=color, size=11, bold=True, anchor=anchor)


def panel(
    card: Card,
    box: tuple[int, int, int, int],
    across: Sequence[Fraction],
    up: Sequence[Fraction],
) -> Panel:
    """A panel in a box of left, top, right, bottom; the ticks are its ends too."""
    left, top, right, bottom = box
    return Panel(
        card=card,
        x=Axis(low=across[0], high=across[-1], start=left, end=right, ticks=tuple(across)),
        y=Axis(low=up[0], high=up[-1], start=bottom, end=top, ticks=tuple(up)),
    )


def apart(wanted: Sequence[Fraction], least: int) -> list[Fraction]:
    """Upright places near the wanted ones, in their order, at least so many pixels apart."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    found = list(wanted)
    for before, after in pairwise(order):
        found[after] = max(found[after], found[before] + least)
    return found
