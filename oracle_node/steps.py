"""The named steps of a node's day, in their order: what a log line says, and where a crash must lose nothing."""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """A step that is done."""

    PAGES_FETCHED = "pages_fetched"
    """A slot's pages are in memory."""
    PAGES_ARCHIVED = "pages_archived"
    """Their bytes are on disk; only then may a reading name them."""
    READINGS_STORED = "readings_stored"
    """What they say is in the store."""
    WINDOW_FIXED = "window_fixed"
    """The median of a window is known."""
    MANIFEST_ARCHIVED = "manifest_archived"
    """What the median rests on is on disk; only then may a report name it."""
    REPORT_STORED = "report_stored"
    """The signed report is in the store, and from now on answered to everyone."""
    PEERS_HEARD = "peers_heard"
    """The peers' reports are verified and archived."""
    POSTED = "posted"
    """A transaction's outcome is known, or somebody else's fixing was found."""
    FIXING_ARCHIVED = "fixing_archived"
    """The transaction that posted is on disk beside the reports."""


OnStep = Callable[[Step], None]
"""Is told of each step when it is done."""


def unheard(step: Step) -> None:
    """Nobody listens."""
