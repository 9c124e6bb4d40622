"""A window computed again from its manifest and the archived pages: what of the manifest does not hold.

Each page is read from the archive and parsed once for a model and day, however many windows rest on it.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from ifx_sdk.calendar import SLOT_SECONDS, date_of, day_of, midnight, window_slots
from oracle_node.archive import Archive
from oracle_node.errors import DamagedArchive, NotArchived
from oracle_node.evidence import Slot, WindowManifest, reader
from oracle_node.fixing import SLOTS, window_median
from oracle_node.sources import SOURCES, Refusal, read
from oracle_node.sources.reading import whole_micro

_BODIES = 8
"""Pages kept in memory: a few providers' newest."""
_PRICES = 65_536
"""Prices kept in memory; the oldest go first."""


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


class PageReader:
    """Prices out of an archive's pages."""

    def __init__(self, archive: Archive) -> None:
        """Reads nothing yet."""
        self._archive = archive
        self._bodies: OrderedDict[str, bytes | Answer] = OrderedDict()
        self._prices: OrderedDict[Ask, Answer] = OrderedDict()
        self.pages_read = 0
        """Pages that were taken from the archive, decompressed and hashed."""

    def read(self, asks: Iterable[Ask]) -> Mapping[Ask, Answer]:
        """Read all of them, page by page. Raises `BadFile` where the archive cannot be read."""
        answers: dict[Ask, Answer] = {}
        for sha256, group in groupby(sorted(set(asks)), key=lambda ask: ask.sha256):
            for ask in group:
                if ask not in self._prices:
                    self._prices[ask] = self._price(ask, self._body(sha256))
                    if len(self._prices) > _PRICES:
                        self._prices.popitem(last=False)
                answers[ask] = self._prices[ask]
        return answers

    def _price(self, ask: Ask, body: bytes | Answer) -> Answer:
        if isinstance(body, Answer):
            return body
        if ask.provider not in SOURCES:
            return Answer(why=f"no page family {ask.provider!r} is known here")
        price = whole_micro(read(ask.provider, body, ask.model, ask.on))
        return Answer(why=str(price)) if isinstance(price, Refusal) else Answer(price=price)

    def _body(self, sha256: str) -> bytes | Answer:
        if sha256 in self._bodies:
            self._bodies.move_to_end(sha256)
            return self._bodies[sha256]
        self.pages_read += 1
        body: bytes | Answer
        try:
            body = self._archive.page(sha256)
        except NotArchived:
            body = Answer(why="it is not in the archive", absent=True)
        except DamagedArchive as error:
            body = Answer(why=error.why)
        self._bodies[sha256] = body
        if len(self._bodies) > _BODIES:
            self._bodies.popitem(last=False)
        return body


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


def page_faults(manifest: WindowManifest, answers: Mapping[Ask, Answer], archive: Archive) -> tuple[Fault, ...]:
    """Which slots' pages do not give the slots' prices."""
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
                    file=str(archive.page_path(slot.sha256)),
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
