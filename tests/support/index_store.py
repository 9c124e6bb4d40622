"""A store of the index, filled from the folder of three days that tests make."""

from datetime import UTC, datetime
from pathlib import Path

from support.index_folder import write_folder

from ifx_index.backfill import backfill
from ifx_index.folder import open_folder
from ifx_index.store import Store

NOW = datetime(2026, 7, 21, 6, tzinfo=UTC)
"""When the last of the three days may first be published."""


def filled(root: Path, *, now: datetime = NOW) -> Store:
    """Three days, recorded; the folder is `root/recordings`, the store `root/store`."""
    folder = open_folder(write_folder(root / "recordings"))
    store = Store(root / "store")
    assert all(day.whole for day in backfill(folder, store, now=now))
    return store
