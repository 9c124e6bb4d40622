"""Inputs by their hash, and every value from its inputs: what makes a record one that anybody can check.

A manifest names what was computed and the inputs by role, file name and hash; its own hash is the record's
`inputs_hash`. Kinds are `lpi` (all series of a day), `tpi` and `cati` (one document each), `otpi` (another
publisher's table).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from ifx_index import external, relatives
from ifx_index.day import Day, InputFile, Role, compute, read_day
from ifx_index.errors import BadInput
from ifx_index.lpi import METHODOLOGY
from ifx_index.record import Diagnostics, canonical, digest


class Outcome(NamedTuple):
    """What a series came to on a day."""

    value: int | None
    """Micro-USD per Mtok."""

    diagnostics: Diagnostics
    """What stands beside it."""


LPI: Final = "lpi"


def manifest(kind: str, day: date, files: Sequence[InputFile]) -> dict[str, object]:
    """The manifest of one computation; the order of the files does not matter to a hash, and is the sorted one."""
    listed = sorted((str(file.role), file.name, file.sha256) for file in files)
    return {
        "kind": kind,
        "date": day.isoformat(),
        "methodology": METHODOLOGY,
        "inputs": [{"role": role, "name": name, "sha256": found} for role, name, found in listed],
    }


def inputs_hash(kind: str, day: date, files: Sequence[InputFile]) -> str:
    """Hash of the manifest."""
    return digest(canonical(manifest(kind, day, files)))


def outcomes(kind: str, day: date, files: Sequence[InputFile]) -> Mapping[str, Outcome]:
    """Compute every series of a manifest's files. Raises BadInput, BadFigures."""
    if kind == LPI:
        return day_outcomes(day_of(day, files))
    if len(files) != 1:
        raise BadInput(kind, f"it is computed from one file, not from {len(files)}")
    (file,) = files
    with file.told():
        if kind == external.OTPI:
            read = external.otpi(day, file.data, file.name)
            return {name: Outcome(each.value, each.diagnostics) for name, each in read.items()}
        found = relatives.compute(kind, file.data, file.name)
        return {found.series: Outcome(found.value, found.diagnostics)}


def day_of(day: date, files: Sequence[InputFile]) -> Day:
    """A day from its stored files. It was accepted when it was recorded, so that no earlier day holds it now."""
    return compute(*read_day(day, [file for file in files if file.role is not Role.DOCUMENT]))


def day_outcomes(day: Day) -> Mapping[str, Outcome]:
    """What each series of a day came to."""
    return {name: Outcome(found.measure.value_micro, found.measure.diagnostics()) for name, found in day.series.items()}
