"""A window computed again from its manifest and its pages: what of the manifest does not hold. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from ifx_sdk.calendar import SLOT_SECONDS, date_of, day_of, midnight, window_slots
from ifx_sdk.evidence.manifest import Slot, WindowManifest, reader
from ifx_sdk.evidence.median import SLOTS, window_median


@dataclass(frozen=True, slots=True, order=True)
class Ask:
    """One price to be read again."""

    sha256: str
    """The page."""
    provider: str
    """The page family."""
    model: str
    """The model as its page names it."""
    on: date
    """UTC date of the observation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archived page gives."""

    price: int | None = field(default=None)
    """Micro-USD per Mtok; None where it gives none."""
    why: str | None = field(default=None)
    """Why it gives none."""
    absent: bool = field(default=False)
    """The page is not in the archive, which is no mismatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that does not hold."""

    what: str
    """What was looked at, such as `slot 23:05`."""
    file: str
    """The file that it stands in."""
    expected: str
    """What should be there."""
    found: str
    """What is there."""
    absent: bool = field(default=False)
    """The file is not here, which proves nothing."""


def asks_of(manifest: WindowManifest) -> Iterator[Ask]:
    """What is to be read again for a manifest whose window holds."""
    for slot in manifest.slots:
        if slot is not None:
            yield _ask(manifest, slot)


def window_faults(manifest: WindowManifest, day: int, file: str) -> tuple[Fault, ...]:
    """What of a manifest does not hold by itself: window, slots, times, count, median. `day` is the one expected."""
    found: list[Fault] = []

    def hold(what: str, expected: object, actual: object) -> None:
        if expected != actual:
            found.append(Fault(what=what, file=file, expected=str(expected), found=str(actual)))

    end = midnight(day)
    hold("day", day, manifest.day)
    hold("window's end", end, manifest.window_end)
    hold("number of slots", SLOTS, len(manifest.slots))
    if found:
        return tuple(found)
    for time, slot in zip(window_slots(end), manifest.slots, strict=True):
        if slot is not None:
            hold(f"time of slot {clock(time)}", time, slot.slot)
            if not time - SLOT_SECONDS < slot.at <= time:
                expected = f"a page that came later than {clock(time - SLOT_SECONDS)} and by {clock(time)}"
                found.append(Fault(what=f"slot {clock(time)}", file=file, expected=expected, found=f"{slot.at}"))
    again = window_median([None if each is None else each.price for each in manifest.slots])
    hold("valid slots", again.n_valid, manifest.valid)
    hold("median", again.value, manifest.price)
    return tuple(found)


def page_faults(
    manifest: WindowManifest, answers: Mapping[Ask, Answer], file_of: Callable[[str], object]
) -> tuple[Fault, ...]:
    """Which slots' pages do not give the slots' prices; `file_of` names the file of a page by its SHA-256."""
    found: list[Fault] = []
    for slot in manifest.slots:
        if slot is None:
            continue
        answer = answers[_ask(manifest, slot)]
        if answer.price != slot.price:
            told = answer.why if answer.price is None else f"{answer.price}"
            if not answer.absent and manifest.reader != reader():
                told = f"{told} (read by {reader()}; the manifest was made by {manifest.reader})"
            found.append(
                Fault(
                    what=f"slot {clock(slot.slot)}",
                    file=str(file_of(slot.sha256)),
                    expected=f"{slot.price} for {manifest.model}",
                    found=str(told),
                    absent=answer.absent,
                )
            )
    return tuple(found)


def clock(at: int) -> str:
    """The UTC time of day of a slot, such as 23:05."""
    return f"{at % 86_400 // 3_600:02}:{at % 3_600 // 60:02}"


def _ask(manifest: WindowManifest, slot: Slot) -> Ask:
    return Ask(slot.sha256, manifest.provider, manifest.model, date_of(day_of(slot.at)))
