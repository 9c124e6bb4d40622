"""Every page family by provider: the node's own, one line each, and those that an installed package brings.

A package brings one by an entry point of the group `ifx.sources` that names the `SOURCE` of its file. What is loaded is
decided once a process, so that reading stays pure.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final

from oracle_node.errors import BadSource
from oracle_node.sources import anthropic, google, openai, openrouter
from oracle_node.sources.source import Source, Vendor

GROUP: Final = "ifx.sources"
"""The entry points under which other packages bring page families."""
OWN: Final = (
    openai.SOURCE,
    anthropic.SOURCE,
    google.SOURCE,
    openrouter.SOURCE,
)
"""The families of this package."""


def with_others(own: Iterable[Source], others: Iterable[EntryPoint]) -> Mapping[str, Source]:
    """The registry of both; raises `BadSource` for what cannot be loaded, is no source, or takes another's name."""
    found = {source.provider: source for source in own}
    for entry in others:
        try:
            source = entry.load()
        except (ImportError, AttributeError) as error:
            raise BadSource(entry.value, f"it cannot be loaded: {error}") from error
        if not isinstance(source, Source):
            raise BadSource(entry.value, "it is no Source of oracle_node.sources")
        if source.provider != entry.name:
            raise BadSource(entry.value, f"its provider is {source.provider!r}, its entry point {entry.name!r}")
        if source.provider in found:
            raise BadSource(entry.value, f"there is a source {source.provider!r} already")
        found[source.provider] = source
    return MappingProxyType(found)


@cache
def sources() -> Mapping[str, Source]:
    """Every page family by provider, the node's own first; raises `BadSource`."""
    return with_others(OWN, sorted(entry_points(group=GROUP), key=lambda entry: entry.name))


@cache
def vendors() -> tuple[Vendor, ...]:
    """Whose models the known pages show."""
    return tuple(source.vendor for source in sources().values() if source.vendor is not None)
