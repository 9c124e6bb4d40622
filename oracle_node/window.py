"""A window: thirteen slots observed, and of each underlying's readings one fixing with the evidence under it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ifx_sdk.calendar import SECONDS_PER_DAY, midnight, window_slots
from ifx_sdk.evidence.manifest import Slot, WindowManifest, reader, root
from ifx_sdk.evidence.median import WindowFixing, WindowStatus, window_median
from oracle_node.clocks import Clock
from oracle_node.fixing import newest_per_slot
from oracle_node.observe import FailedReading, Observer, PageReading, Pages
from oracle_node.settings import UnderlyingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowResult:
    """What one node makes of one underlying's window."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number that the window fixes: it ends at this day's 00:00:00."""
    fixing: WindowFixing
    """The median, or too few slots."""
    manifest: bytes
    """The evidence, canonical JSON."""

    @property
    def price(self) -> int | None:
        """The median in micro-USD per Mtok; None where there is none to report."""
        return self.fixing.value if self.fixing.status is WindowStatus.OK else None

    @property
    def evidence(self) -> bytes:
        """The manifest's root, 32 bytes."""
        return root(self.manifest)


def day_being_fixed(now: int) -> int:
    """The UTC day number whose window `now` (unix seconds) lies in or before: a window ends at its day's 00:00:00."""
    return -(-now // SECONDS_PER_DAY)


def observe_window(
    observer: Observer,
    day: int,
    clock: Clock,
    *,
    lead_seconds: int = 0,
    keep: Callable[[Pages], None] = lambda pages: None,
) -> Iterator[tuple[PageReading | FailedReading, ...]]:
    """Observe the slots of the window that fixes `day`, each `lead_seconds` before its time, as they come.

    `keep` archives what was fetched, before it is read. Slots that are past already are left out: nothing is read for
    a time that is over.
    """
    for slot in window_slots(midnight(day)):
        if clock.now() > slot:
            continue
        clock.wait_until(slot - lead_seconds)
        yield observer.slot(clock, keep)


def fix_window(readings: Iterable[PageReading | FailedReading], asked: UnderlyingSettings, day: int) -> WindowResult:
    """The median of an underlying's readings in the window that ends at 00:00:00 UTC of `day`. Pure."""
    end = midnight(day)
    own = [each for each in readings if isinstance(each, PageReading) and each.underlying == asked.name]
    slots = newest_per_slot(own, end)
    fixing = window_median([None if each is None else each.price for each in slots])
    document = window_manifest(asked, day, slots, fixing, end)
    return WindowResult(underlying=asked.name, day=day, fixing=fixing, manifest=document)


def window_manifest(
    asked: UnderlyingSettings, day: int, slots: Sequence[PageReading | None], fixing: WindowFixing, window_end: int
) -> bytes:
    """The manifest of one underlying's window: for every slot its page, the page's SHA-256, price and time, or null.

    `slots` are the thirteen in order, `day` the UTC day number fixed, `window_end` its 00:00:00 UTC in unix seconds.
    """
    rows = tuple(
        None if each is None else Slot(slot=time, at=each.at, page=each.page, sha256=each.sha256, price=each.price)
        for time, each in zip(window_slots(window_end), slots, strict=True)
    )
    return WindowManifest(
        underlying=asked.name,
        provider=asked.provider,
        model=asked.model,
        reader=reader(),
        day=day,
        window_end=window_end,
        slots=rows,
        valid=fixing.n_valid,
        price=fixing.value,
    ).canonical()
