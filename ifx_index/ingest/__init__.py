"""Recorded files to typed rows: price lists and activity. Bytes in, refusals with file, row and cure out."""

from ifx_index.ingest.activity import Activity, Usage, read_activity
from ifx_index.ingest.endpoints import read_endpoints
from ifx_index.ingest.prices import PriceList, read_models
from ifx_index.ingest.sources import read_price_source

__all__ = [
    "Activity",
    "PriceList",
    "Usage",
    "read_activity",
    "read_endpoints",
    "read_models",
    "read_price_source",
]
