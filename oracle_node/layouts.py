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
        self._seen: dict[str, set[str]] = {}
        self._bodies = {each.page: each.sha256 for each in known if isinstance(each, PageReading)}

    def look(self, readings: Sequence[PageReading | FailedReading], now: int) -> None:
        """One event for each page whose headings, columns or rows changed, with the difference of its tables.

        A page on which a model's price is gone has that model's own event; a layout that comes back has none.
        """
        refused = {each.page for each in readings if isinstance(each, FailedReading) and each.sha256 is not None}
        for url, sha256 in {each.page: each.sha256 for each in readings if isinstance(each, PageReading)}.items():
            before = self._bodies.get(url)
            self._bodies[url] = sha256
            if before is not None and before != sha256 and url in self._first:
                told = self._changed(url, before, sha256)
                if told is not None and url not in refused:
                    self._alerts.once(Cause.PAGE_CHANGED, url, told, now)

    def _changed(self, url: str, before: str, after: str) -> str | None:
        asked, seen = self._first[url], self._seen.setdefault(url, set())
        try:
            old, new = self._archive.page(before), self._archive.page(after)
        except IFXError as error:
            return f"it changed, and the page before it cannot be shown: {error}"
        seen.add(layout_of(old, asked.provider))
        layout = layout_of(new, asked.provider)
        if layout in seen:
            return None
        seen.add(layout)
        return difference(old, new, asked.provider, asked.model) or "its headings, columns or rows changed"
