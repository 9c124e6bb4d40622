#!/usr/bin/env python
"""Every number of the paper recomputed: docs/paper-check.md and its two figures.

    python scripts/paper.py            write them
    python scripts/paper.py --check    write nothing; say what differs

Exit code 0 if written, or if nothing differs; 1 otherwise. The verdicts are in the document.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ifx_sdk.cli.progress import progress
from scripts.papercheck.claim import STEPS, simulated
from scripts.papercheck.figures import figure_4, volatility
from scripts.papercheck.ledger import Verdict, counts
from scripts.papercheck.page import FIGURE_4, VOLATILITY, ledger, page

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = "docs/paper-check.md"
OK, DIFFERS = 0, 1


def documents() -> dict[str, str]:
    """What is written, by its path in the repository: the same on every run."""
    with progress("paper:", STEPS + 3) as advance:
        drawn = simulated(advance)
        advance("Figure 4")
        drawing = figure_4()
        advance("the claim")
        curves = volatility(drawn)
        advance("the document")
        return {DOCUMENT: page(ledger(), drawn), FIGURE_4: drawing, VOLATILITY: curves}


def stale(found: dict[str, str], root: Path = ROOT) -> list[str]:
    """Paths whose file is missing or says something else."""
    return [
        name
        for name, text in found.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Recompute, then write or compare. Gives the exit code."""
    parser = argparse.ArgumentParser(description="Every number of the paper, recomputed.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a file differs")
    options = parser.parse_args(arguments)
    found = documents()
    differing = stale(found)
    if options.check:
        for name in differing:
            print(f"{name} is not what the calculators give: run `make paper`", file=sys.stderr)
        return DIFFERS if differing else OK
    for name, text in found.items():
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(text, encoding="utf-8")
    tally = counts(ledger())
    print(f"{sum(tally.values())} statements: " + ", ".join(f"{tally[each]} {each}" for each in Verdict))
    print("written: " + ", ".join(found) + (f" ({len(differing)} changed)" if differing else " (unchanged)"))
    return OK


if __name__ == "__main__":
    raise SystemExit(main())
