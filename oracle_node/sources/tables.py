"""A price table as every page form gives it: headings, tier, header and rows of plain text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from oracle_node.sources.plain import fold

TIERS: Final = frozenset(
    {"standard", "batch", "flex", "priority", "fast", "fast mode", "scale", "scale tier", "flex/batch", "batch/flex"}
)
"""Words that label a tab or pane of prices; only `standard` counts (rule 1)."""

_LONGEST_TIER: Final = 60
_GROUPING: Final = ("category", "modality")
_MODALITIES: Final = frozenset({"text", "audio", "image", "video", "text tokens", "audio tokens", "image tokens"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a page."""

    headings: tuple[str, ...]
    """Headings it stands under, outermost first."""
    tier: str | None
    """Lower-case label of the tab, pane or component around it; None where the page has no tiers."""
    notes: str
    """Text between the last heading and the table."""
    outer: str = ""
    """Text behind the headings around the last one, outermost first."""
    header: tuple[str, ...] | None
    """One text a column, group headings in front (`Short context Output`); None for header-less rows."""
    rows: tuple[tuple[str, ...], ...]
    """Cells as a reader sees them; a number without a currency of its own in page data is written `$5`."""
    cut: bool = False
    """The page ends inside this table."""
    bare: bool = False
    """Rows are page data whose numbers name no currency; the page draws the dollar sign."""
    codes: tuple[str, ...] = ()
    """Ids in code that stand alone between the last heading and the table."""


def is_tier(text: str) -> str | None:
    """The tier a whole text names, lower case, or None."""
    if len(text) > _LONGEST_TIER:
        return None
    label = fold(text)
    label = re.sub(r"\s+(?:pricing|prices|tier)$", "", label)
    return label if label in TIERS else None


def tiers_in_tabs(words: Sequence[str]) -> tuple[str, ...]:
    """The tiers of a line of tabs, in order; empty if the line is anything else."""
    labels: list[str] = []
    for word in words:
        label = fold(word)
        if label not in TIERS and label not in {"", "more"}:
            return ()  # nearly every line of a page is prose and ends here, at its first word
        labels += [label] if label in TIERS else []
    return tuple(labels) if len(labels) > 1 else ()


def with_groups(group_row: Sequence[str], header: Sequence[str]) -> tuple[str, ...]:
    """Put a row of group headings (`Short context`, `Long context`) in front of the columns they span.

    Both rows of a rendered table have one text a column already; in Markdown the group row is shorter, and each group
    spans one run of equal column names.
    """
    if len(group_row) == len(header):
        return tuple(_joined(group, name) for group, name in zip(group_row, header, strict=True))
    groups = [group for group in group_row if fold(group)]
    own = len([name for name in header if sum(fold(name) == fold(other) for other in header) == 1])
    spanned = len(header) - own
    if not groups or spanned % len(groups):
        return tuple(header)
    width = spanned // len(groups)
    return tuple(name if i < own else _joined(groups[(i - own) // width], name) for i, name in enumerate(header))


def _joined(group: str, name: str) -> str:
    return name if not fold(group) or fold(group) == fold(name) else f"{group} {name}"


def regroup(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Give continuation rows of a grouped table back the first cell that the page spans over them.

    Only a table that says how it groups (a category in front, or a modality behind the model) has such rows; elsewhere
    a short row is a damaged one and stays short.
    """
    names = [fold(name) for name in header]
    by_category = bool(names) and names[0] == _GROUPING[0]
    by_modality = len(names) > 1 and names[1] == _GROUPING[1]
    full: list[tuple[str, ...]] = []
    group: str | None = None
    for row in rows:
        if len(row) == len(header):
            group = row[0]
            full.append(tuple(row))
        elif (
            len(row) == len(header) - 1
            and group is not None
            and (by_category or (by_modality and bool(row) and fold(row[0]) in _MODALITIES))
        ):
            full.append((group, *row))
        else:
            full.append(tuple(row))
    return tuple(full)
