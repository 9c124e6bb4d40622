"""Page families: how each provider's page is read. The registry is data; `read` is pure and total."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from oracle_node.sources import anthropic, google, openai, openrouter
from oracle_node.sources.reading import Price, Reason, Refusal

__all__ = ["SOURCES", "Price", "Reason", "Refusal", "Source", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One page family."""

    provider: str
    """Name on the command line and in front of an underlying (`openai/gpt-4.1`)."""
    url: str
    """The canonical page: the one that decides."""
    parse: Callable[[bytes, str, date], Price | Refusal]
    """Bytes, model and UTC day to a price or a refusal; pure, total."""


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        source.provider: source
        for source in (
            Source(provider="openai", url="https://developers.openai.com/api/docs/pricing", parse=openai.parse),
            Source(
                provider="anthropic",
                url="https://platform.claude.com/docs/en/about-claude/pricing.md",
                parse=anthropic.parse,
            ),
            Source(provider="google", url="https://ai.google.dev/gemini-api/docs/pricing", parse=google.parse),
            Source(provider="openrouter", url="https://openrouter.ai/api/v1/models", parse=openrouter.parse),
        )
    }
)
"""Every page family by provider."""


def read(provider: str, data: bytes, model: str, on: date) -> Price | Refusal:
    """Read a page of a known provider; `KeyError` for an unknown one."""
    return SOURCES[provider].parse(data, model, on)
