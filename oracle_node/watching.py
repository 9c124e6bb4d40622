"""The first of a node's two loops: observe each slot at its time, and when a window is over, fix it and sign.

It never waits for the chain or for a peer, so that no slot is late because something else hangs. All it knows is in the
store and the archive: after a crash it goes on where the clock is, and what was read before still counts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ifx_sdk.calendar import (
    MIN_VALID_SLOTS,
    SECONDS_PER_DAY,
    SLOT_SECONDS,
    date_of,
    day_of,
    midnight,
    window_slots,
    window_start,
)
from ifx_sdk.errors import IFXError
from ifx_sdk.evidence.median import SLOTS, WindowStatus
from ifx_sdk.money import format_price
from ifx_sdk.signers import Signer
from ifx_sdk.terms import Domain
from oracle_node.alerts import Alerts, Cause
from oracle_node.archive import Archive, keep_pages
from oracle_node.clocks import REFUSE_SECONDS, WARN_SECONDS, ChainTime, Clock, skew
from oracle_node.errors import SecondReport
from oracle_node.fixing import newest_per_slot
from oracle_node.layouts import Layouts
from oracle_node.logs import Log
from oracle_node.metrics import Metrics
from oracle_node.observe import SCALE, FailedReading, Observer, PageReading, Pages, publishers_times
from oracle_node.settings import UnderlyingSettings
from oracle_node.steps import OnStep, Step, unheard
from oracle_node.store import Store
from oracle_node.window import WindowResult, day_being_fixed, fix_window

_AGAIN_SECONDS: Final = SLOT_SECONDS
"""How long after it refused to sign under a wrong clock it asks the publishers for the time again."""
_REMEMBERED_SECONDS: Final = 3 * SECONDS_PER_DAY
"""How far back a node that starts looks for the pages that it read last."""
_ENOUGH_MISSED: Final = 3
"""So many failed slots of one window are worth an alert; seven make it silent."""


class Watcher:
    """Observes, fixes, signs. `due` tells when it wants to act next, `act` does one thing and returns."""

    def __init__(
        self,
        *,
        observer: Observer,
        underlyings: Sequence[UnderlyingSettings],
        store: Store,
        archive: Archive,
        clock: Clock,
        alerts: Alerts,
        metrics: Metrics,
        log: Log,
        signer: Signer | None = None,
        domain: Domain | None = None,
        chain_time: ChainTime | None = None,
        lead_seconds: int = 0,
        on_step: OnStep = unheard,
    ) -> None:
        """Without `signer` and `domain` it signs nothing: a shadow. The chain's time is noted by others."""
        self._observer, self._store, self._archive = observer, store, archive
        self._underlyings = {each.name: each for each in underlyings}
        self._clock, self._alerts, self._metrics, self._log = clock, alerts, metrics, log
        self._signer, self._domain, self._chain_time = signer, domain, chain_time or ChainTime()
        self._lead, self._on_step = lead_seconds, on_step
        self._slot = clock.now() - 1
        self._fixed = -1
        self._again = 0
        self._skew: int | None = None
        now = clock.now()
        known = store.readings(now - _REMEMBERED_SECONDS, now)
        self._read = {each.underlying: each.sha256 for each in known if isinstance(each, PageReading)}
        self._layouts = Layouts(archive, alerts, underlyings, known)

    # ------------------------------------------------------------------------------------------- when

    def due(self) -> int:
        """When it wants to act next, unix seconds UTC; now or earlier where something is left to do."""
        now = self._clock.now()
        self._heed(now)
        slot = self._next_slot(now)
        if slot - self._lead <= now:
            return now
        return max(now, self._again) if self._fixed < day_of(now) else min(slot - self._lead, midnight(day_of(now) + 1))

    def act(self) -> None:
        """Observe the slot that is due, else fix the window that ended last where that is not done yet."""
        now = self._clock.now()
        self._heed(now)
        slot = self._next_slot(now)
        if slot - self._lead <= now:
            self.observe(slot)
        elif self._fixed < day_of(now) and self._again <= now:
            self.fix(day_of(now))

    def _heed(self, now: int) -> None:
        """A clock that was set back by more than a slot makes what lies before it open again."""
        if self._slot - self._lead > now + SLOT_SECONDS:
            self._log.warning("the clock was set back", to=now)
            self._slot, self._fixed, self._again = now - 1, min(self._fixed, day_of(now)), 0

    def _next_slot(self, now: int) -> int:
        """The first slot that is neither observed nor past."""
        day = day_being_fixed(now)
        slots = (*window_slots(midnight(day)), *window_slots(midnight(day + 1)))
        return next(slot for slot in slots if slot > self._slot and slot >= now)

    # ------------------------------------------------------------------------------------------- slots

    def observe(self, slot: int) -> None:
        """Fetch, archive, read, store: in this order, so that no reading names bytes that are not kept."""
        self._observer.release(self._store.releases())
        pages = self._observer.fetch(self._clock)
        self._on_step(Step.PAGES_FETCHED)
        keep_pages(self._archive, pages)
        self._on_step(Step.PAGES_ARCHIVED)
        self._hold_clock(pages)
        readings = self._timely(self._observer.read(pages))
        self._store.add_readings(readings)
        self._slot = slot
        self._on_step(Step.READINGS_STORED)
        self._layouts.look(readings, self._clock.now())
        for reading in readings:
            self._tell_reading(reading)
        self._tell_checks(pages, readings)
        self._tell_missing(slot)

    def _hold_clock(self, pages: Pages) -> None:
        now = self._clock.now()
        self._note_skew(skew(now, publishers_times(pages, now), self._chain_time.newest_block(now)), now)

    def _timely(self, readings: Sequence[PageReading | FailedReading]) -> Sequence[PageReading | FailedReading]:
        """Under a wrong clock no reading is of the time that it says: none counts, also once the clock is mended."""
        if not self._is_wrong():
            return readings
        why = f"the clock is off by {self._skew} s, more than {REFUSE_SECONDS}"
        return [FailedReading(at=each.at, underlying=each.underlying, page=each.page, why=why) for each in readings]

    def _is_wrong(self) -> bool:
        return self._skew is not None and abs(self._skew) > REFUSE_SECONDS

    def _note_skew(self, found: int | None, now: int) -> None:
        if found is None:
            return
        self._skew = found
        self._metrics.clock_skew.set(found)
        wrong = f"the clock is {abs(found)} s {'ahead of' if found > 0 else 'behind'} the publishers of the pages"
        self._alerts.set(Cause.CLOCK_WRONG, "clock", wrong if abs(found) > WARN_SECONDS else None, now)

    def _tell_reading(self, reading: PageReading | FailedReading) -> None:
        asked = self._underlyings[reading.underlying]
        name, at = reading.underlying, reading.at
        if isinstance(reading, PageReading):
            self._metrics.slots.labels(name, "price").inc()
            self._metrics.price.labels(name).set(reading.price)
            self._log.info("read", underlying=name, price=reading.price, page=reading.page, sha256=reading.sha256)
            if reading.alarm is not None:
                diff = self._diff(asked, reading.sha256)
                self._alerts.once(Cause.PRICE_JUMPED, name, f"{reading.alarm}\n{diff}".rstrip(), at)
            self._alerts.end(Cause.PRICE_HELD, name, at)
            self._alerts.end(Cause.PAGE_CHANGED, name, at)
            self._read[name] = reading.sha256
            return
        self._metrics.slots.labels(name, "refused" if reading.sha256 else "unfetched").inc()
        self._log.warning("no price", underlying=name, why=reading.why, page=reading.page, sha256=reading.sha256)
        if reading.sha256 is None:
            return
        held = f"more than {SCALE} times" in reading.why
        cause = Cause.PRICE_HELD if held else Cause.PAGE_CHANGED
        self._alerts.begin(cause, name, f"{reading.why}\n{self._diff(asked, reading.sha256)}".rstrip(), at)

    def _diff(self, asked: UnderlyingSettings, sha256: str) -> str:
        """What changed in the tables since the page was last read well; empty where nothing is known to compare."""
        from oracle_node.layout import difference

        before = self._read.get(asked.name)
        if before is None or before == sha256:
            return ""
        try:
            return difference(self._archive.page(before), self._archive.page(sha256), asked.provider, asked.model) or ""
        except IFXError as error:
            return f"no difference to show: {error}"

    def _tell_checks(self, pages: Pages, readings: Sequence[PageReading | FailedReading]) -> None:
        now = self._clock.now()
        differing = {each.underlying: each for each in self._observer.disagreements(pages, readings)}
        for name, asked in self._underlyings.items():
            if asked.check is None:
                continue
            found = differing.get(name)
            text = None if found is None else f"{format_price(found.price)}, and {found.check} says {found.says}"
            self._alerts.set(Cause.CHECK_DIFFERS, name, text, now)

    def _tell_missing(self, slot: int) -> None:
        """Warn while there is time: the alert ends with the first window that is well again."""
        end = midnight(day_of(slot - 1) + 1)
        past = sum(each <= slot for each in window_slots(end))
        have = self._valid(end)
        now = self._clock.now()
        for name in self._underlyings:
            missed = past - have[name]
            if missed >= _ENOUGH_MISSED:
                text = f"{missed} of {past} slots of the window that ends on {date_of(day_of(end))} gave no price"
                self._alerts.begin(Cause.SLOTS_MISSING, name, text, now)

    def _valid(self, end: int) -> Mapping[str, int]:
        """How many slots of the window that ends at `end` have a price, by underlying."""
        readings = [each for each in self._of_window(end) if isinstance(each, PageReading)]
        return {
            name: sum(each is not None for each in newest_per_slot((r for r in readings if r.underlying == name), end))
            for name in self._underlyings
        }

    def _of_window(self, end: int) -> tuple[PageReading | FailedReading, ...]:
        return self._store.readings(window_start(end) - SLOT_SECONDS + 1, end)

    # ------------------------------------------------------------------------------------------- windows

    def fix(self, day: int) -> None:
        """Fix and sign every underlying of the window that ended at 00:00:00 UTC of `day`, as far as it is not done."""
        now = self._clock.now()
        end = midnight(day)
        if self._is_wrong() and self._again:
            self._hold_clock(self._observer.fetch(self._clock))  # for their dates alone
        self._note_skew(self._worst_skew(now), now)
        if self._signer is not None and self._is_wrong():
            self._log.error("not signing", why=f"the clock is off by {self._skew} s, more than {REFUSE_SECONDS}")
            self._again = now + _AGAIN_SECONDS
            return
        readings = self._of_window(end)
        first = self._store.first_reading()
        if first is not None and first <= end:
            for asked in self._underlyings.values():
                self._fix_one(fix_window(readings, asked, day), now)
        else:
            self._log.info("nothing to fix", why="this node had read nothing then: it begins with the next window")
        self._fixed = day
        self._again = 0

    def _worst_skew(self, now: int) -> int | None:
        by_chain = skew(now, (), self._chain_time.newest_block(now))
        return by_chain if by_chain is not None else self._skew

    def _fix_one(self, result: WindowResult, now: int) -> None:
        name, day, fixing = result.underlying, result.day, result.fixing
        self._metrics.valid_slots.labels(name).set(fixing.n_valid)
        self._log.info("window", underlying=name, day=str(date_of(day)), price=fixing.value, valid=fixing.n_valid)
        self._on_step(Step.WINDOW_FIXED)
        if fixing.status is not WindowStatus.OK or fixing.value is None:
            text = (
                f"{fixing.n_valid} of {SLOTS} slots had a price, {MIN_VALID_SLOTS} are needed: silent on {date_of(day)}"
            )
            self._alerts.begin(Cause.NO_REPORT, name, text, now)
            return
        if fixing.n_valid > SLOTS - _ENOUGH_MISSED:
            self._alerts.end(Cause.SLOTS_MISSING, name, now)
        self._archive.add_manifest(result.manifest)
        self._on_step(Step.MANIFEST_ARCHIVED)
        if self._signer is None or self._domain is None:
            self._log.info("would report", underlying=name, day=str(date_of(day)), price=fixing.value)
            return
        try:
            report = self._store.book.sign(
                self._signer,
                self._domain,
                underlying=name,
                day=day,
                price=fixing.value,
                evidence=result.evidence,
            )
        except SecondReport as error:
            self._log.error("not signed again", underlying=name, why=str(error))
            return
        self._on_step(Step.REPORT_STORED)
        self._archive.add_report(report)
        self._metrics.reported_day.labels(name).set(day)
        self._alerts.end(Cause.NO_REPORT, name, now)
        self._log.info("reported", underlying=name, day=str(date_of(day)), price=fixing.value)
