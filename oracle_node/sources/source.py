"""What one provider's file exports: a `Source`, and how its own models and pages are told from others'."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from oracle_node.sources.reading import Price, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Whose page it is: how the names of a vendor's own models begin, and the words that speak of it."""

    name: str
    """The provider, as in front of an underlying."""
    models: re.Pattern[str]
    """How the names of its own models begin, lower case; a table with another vendor's is no page of this one."""
    words: tuple[str, ...]
    """Words that show whose page it is where no name of a model does, lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One page family."""

    provider: str
    """Name on the command line and in front of an underlying (`openai/gpt-4.1`)."""
    url: str
    """The canonical page: the one that decides."""
    parse: Callable[[bytes, str, date], Price | Refusal]
    """Bytes, model and UTC day to a price or a refusal; pure, total."""
    vendor: Vendor | None = None
    """Whose models stand on the page; None for a list of many vendors' models."""
