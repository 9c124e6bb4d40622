"""Page families: how each provider's page is read. The registry is data; `read` is pure and total."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from oracle_node.sources.reading import Price, Reason, Refusal
from oracle_node.sources.registry import sources
from oracle_node.sources.source import Source, Vendor

__all__ = ["SOURCES", "Price", "Reason", "Refusal", "Source", "Vendor", "read"]


class _Sources(Mapping[str, Source]):
    """The registry, looked up when it is first asked: a family of another package imports this one."""

    def __getitem__(self, provider: str) -> Source:
        return sources()[provider]

    def __iter__(self) -> Iterator[str]:
        return iter(sources())

    def __len__(self) -> int:
        return len(sources())


SOURCES: Final[Mapping[str, Source]] = _Sources()
"""Every page family by provider."""


def read(provider: str, data: bytes, model: str, on: date) -> Price | Refusal:
    """Read a page of a known provider; `KeyError` for an unknown one."""
    return SOURCES[provider].parse(data, model, on)
