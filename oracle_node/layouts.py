"""Pages that still give their prices, in tables that are not as they were: somebody should look before they do not."""

from collections.abc import Iterable, Sequence

from ifx_sdk.errors import IFXError
from oracle_node.alerts import Alerts, Cause
from oracle_node.archive import Archive
from oracle_node.layout import difference, layout_of
from oracle_node.observe import FailedReading, PageReading
from oracle_node.settings import UnderlyingSettings


class Layouts:
    """Holds each page that gave a price against the one before it, once for each new body."""

    def __init__(
        self,
        archive: Archive,
        alerts: Alerts,
        underlyings: Sequence[UnderlyingSettings],
        known: Iterable[PageReading | FailedReading] = (),
    ) -> None:
        """`known` are readings of before, oldest first: a restart forgets no layout."""
        self._archive, self._alerts = archive, alerts
        self._first = {each.page: each for each in reversed(tuple(underlyings))}
        self._bodies = {each.page: each.sha256 for each in known if isinstance(each, PageReading)}

    def look(self, readings: Iterable[PageReading | FailedReading], now: int) -> None:
        """One event for each page whose headings, columns or rows changed, with the difference of its tables."""
        for url, sha256 in {each.page: each.sha256 for each in readings if isinstance(each, PageReading)}.items():
            before = self._bodies.get(url)
            self._bodies[url] = sha256
            if before is not None and before != sha256 and url in self._first:
                told = self._changed(before, sha256, self._first[url])
                if told is not None:
                    self._alerts.once(Cause.PAGE_CHANGED, url, told, now)

    def _changed(self, before: str, after: str, asked: UnderlyingSettings) -> str | None:
        try:
            old, new = self._archive.page(before), self._archive.page(after)
        except IFXError as error:
            return f"it changed, and the page before it cannot be shown: {error}"
        if layout_of(old, asked.provider) == layout_of(new, asked.provider):
            return None
        return difference(old, new, asked.provider, asked.model) or "its headings, columns or rows changed"
