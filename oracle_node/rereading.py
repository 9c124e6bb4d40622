"""The page families for those who verify: a page's bytes to a price or to the reason why it gives none."""

from datetime import date

from oracle_node.sources import SOURCES, Refusal, read
from oracle_node.sources.reading import whole_micro


def read_again(provider: str, body: bytes, model: str, on: date) -> int | str:
    """The price in micro-USD per Mtok that a page gave `model` on the UTC date `on`; else why it gives none."""
    if provider not in SOURCES:
        return f"no page family {provider!r} is known here"
    price = whole_micro(read(provider, body, model, on))
    return str(price) if isinstance(price, Refusal) else price
