"""The table as Parquet, typed: integers stay 64-bit integers, days are dates, times are UTC."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from importlib import import_module
from types import ModuleType

from ifx_index.errors import MissingExtra
from ifx_index.publish.rows import COLUMNS, COUNTS, SHARES, SOURCE, Row

_INTEGERS = frozenset({"revision", "value_micro", *COUNTS, *SHARES, "price_effect_micro", "mix_effect_micro"})


def parquet_bytes(rows: Sequence[Row]) -> bytes:
    """Encode the table; one version of the library gives the same bytes for the same rows. Raises MissingExtra."""
    try:
        pyarrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingExtra("pyarrow", "index") from error
    schema = _schema(pyarrow)
    columns = {name: [_typed(name, row[name]) for row in rows] for name in COLUMNS}
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(columns, schema=schema), out, compression="zstd")  # typed by the schema alone
    return out.getvalue()


def _schema(arrow: ModuleType) -> object:
    kinds = dict.fromkeys(COLUMNS, arrow.string()) | dict.fromkeys(_INTEGERS, arrow.int64())
    kinds |= {"newest": arrow.bool_(), "published_at": arrow.timestamp("s", tz="UTC")}
    kinds |= {"date": arrow.date32(), "since": arrow.date32()}
    return arrow.schema([(name, kinds[name]) for name in COLUMNS], metadata={"source": SOURCE})


def _typed(name: str, value: str | int | bool | None) -> object:
    if isinstance(value, str) and name in {"date", "since"}:
        return date.fromisoformat(value)
    if isinstance(value, str) and name == "published_at":
        return datetime.fromisoformat(value)
    return value
