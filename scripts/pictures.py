"""The pictures of docs/page.md: every page in the sandbox at both widths and in both themes, one sheet for each page.

The browser tests draw them (tests/browser/test_every_page.py); here they are put together, made small and held to
their limits.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from math import isqrt
from pathlib import Path
from typing import Final, cast

from PIL import Image

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs" / "pictures"
TESTS: Final = "tests/browser/test_every_page.py"
PAGES: Final = (
    "market-settled",
    "sign-in",
    "request-filled",
    "requests",
    "request-rejected",
    "inbox",
    "terms",
    "terms-approved-by-one",
    "termination",
    "positions",
    "position-active",
    "position-settled",
    "funds",
    "documents",
    "operator",
    "vanish-long",
    "profile",
    "positions-empty",
    "desk-silent",
)
"""What the document shows from its top: each state of each page once."""
FURTHER_DOWN: Final = {"terms": 1_750, "position-settled": 1_250}
"""Pages whose second half is shown too, at desktop width: from so many of its pixels on."""
DESKTOP: Final = ("desktop-light", "desktop-dark")
PHONE: Final = ("phone-light", "phone-dark")
WIDTHS: Final = {"desktop": 720, "phone": 290}
"""Pixels of each on a sheet."""
HEIGHT: Final = 780
"""Of a sheet at most: a page is cut there."""
GAP: Final = 12
BETWEEN: Final = (128, 128, 128)
GREYS: Final = 16
COLOURS: Final = 16
"""Beside the greys of a sheet: few pixels are coloured, and they would be lost among the others."""
GREY: Final = 24
"""At most so far are a grey's channels from each other."""
MOST: Final = 150_000
"""Bytes of one sheet."""
MOST_IN_ALL: Final = 3_000_000
"""Bytes of all."""


def main() -> None:
    """Draw, put together, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drawn", type=Path, metavar="DIR", help="pictures that are drawn already")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where all of them stay, whole")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ifx-pictures-") as scratch:
        drawn = given.drawn or given.keep or Path(scratch)
        if given.drawn is None:
            draw(drawn.absolute())
        write(drawn)


def draw(folder: Path) -> None:
    """Have the browser tests draw every page. Exits where they fail."""
    environment = os.environ | {"IFX_PICTURES": str(folder)}
    ran = subprocess.run([sys.executable, "-m", "pytest", "-q", TESTS], cwd=ROOT, env=environment, check=False)
    if ran.returncode != 0:
        sys.exit("pictures: the tests that draw them failed")


def write(drawn: Path) -> None:
    """The sheets, in the place of those that were there. Exits where one is too large."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for name in PAGES:
        sheet(drawn, name, DESKTOP + PHONE).save(FOLDER / f"{name}.png", optimize=True)
    for name, top in FURTHER_DOWN.items():
        sheet(drawn, name, DESKTOP, top).save(FOLDER / f"{name}-further-down.png", optimize=True)
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{size:7,} {name}")
    print(f"{sum(sizes.values()):7,} in all")
    too_large = [name for name, size in sizes.items() if size > MOST]
    if too_large or sum(sizes.values()) > MOST_IN_ALL:
        sys.exit(f"pictures: too large: {', '.join(too_large) or 'all of them together'}")


def sheet(drawn: Path, name: str, variants: tuple[str, ...], top: int = 0) -> Image.Image:
    """One page's pictures side by side, in few colours; `top` pixels of each are left away."""
    parts = [_fitted(drawn / f"{name}-{variant}.png", WIDTHS[variant.split("-")[0]], top) for variant in variants]
    width = sum(part.width for part in parts) + GAP * (len(parts) + 1)
    found = Image.new("RGB", (width, max(part.height for part in parts) + 2 * GAP), BETWEEN)
    left = GAP
    for part in parts:
        found.paste(part, (left, GAP))
        left += part.width + GAP
    return found.quantize(palette=_palette(found), dither=Image.Dither.NONE)


def _palette(of: Image.Image) -> Image.Image:
    """Its greys and its colours, each chosen among their own kind."""
    counted = cast("list[tuple[int, tuple[int, int, int]]]", of.getcolors(of.width * of.height))
    chosen: list[int] = []
    for wanted, most in ((False, GREYS), (True, COLOURS)):
        # By the root, so that letters and lines have a say beside the ground.
        kind = [rgb for n, rgb in counted if (max(rgb) - min(rgb) > GREY) == wanted for _ in range(isqrt(n))]
        if not kind:
            continue
        strip = Image.new("RGB", (len(kind), 1))
        strip.putdata(kind)
        chosen += (strip.quantize(most).getpalette() or [])[: 3 * most]
    found = Image.new("P", (1, 1))
    found.putpalette(chosen)
    return found


def _fitted(path: Path, width: int, top: int) -> Image.Image:
    """Without its head, scaled to a width, and cut at the foot."""
    with Image.open(path) as whole:
        rest = whole.convert("RGB").crop((0, top, whole.width, whole.height))
    scaled = rest.resize((width, rest.height * width // rest.width), Image.Resampling.LANCZOS)
    return scaled.crop((0, 0, width, min(scaled.height, HEIGHT)))


if __name__ == "__main__":
    main()
