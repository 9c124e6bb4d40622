"""Writing a publication: four files, each whole before it takes the place of the last one."""

from pathlib import Path
from typing import Final

from ifx_index.errors import BadInput
from ifx_index.history import history
from ifx_index.publish.page import page
from ifx_index.publish.parquet import parquet_bytes
from ifx_index.publish.rows import csv_bytes, json_bytes, table
from ifx_index.store import Store
from ifx_index.whole_files import write_whole

NAMES: Final = ("index.json", "index.csv", "index.parquet", "index.html")
"""The files of a publication."""


def publish(store: Store, out: Path | str) -> list[Path]:
    """Write the publication of a store into the folder `out` and return its files.

    Raises BadInput for a store without records, BadStore for one that was changed, MissingExtra without pyarrow;
    then nothing is written.
    """
    if not store.records:
        raise BadInput(store.folder, "it holds no record", cure="Write some with `ifx-index backfill DIR`.")
    days = tuple(history(store))
    rows = table(store.records, days)
    contents = (
        json_bytes(store.records, rows, store.held),
        csv_bytes(rows),
        parquet_bytes(rows),
        page(days, store.records).encode(),
    )
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    return [write_whole(folder / name, data) for name, data in zip(NAMES, contents, strict=True)]
