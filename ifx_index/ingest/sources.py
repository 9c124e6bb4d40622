"""Telling price sources apart by what they hold."""

from ifx_index.ingest.documents import header_of
from ifx_index.ingest.endpoints import COLUMNS, read_endpoints
from ifx_index.ingest.offers import are_offers, read_offers
from ifx_index.ingest.prices import PriceList, read_models


def read_price_source(data: bytes, name: str) -> PriceList:
    """Read whatever can price a model: a table of endpoints, answers about offers, a models list. Raises BadInput."""
    if header_of(data) >= COLUMNS:
        return read_endpoints(data, name)
    if are_offers(data):
        return read_offers(data, name)
    return read_models(data, name)
