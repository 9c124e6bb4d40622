"""Anthropic's pricing page: its Markdown, or the model table in HTML."""

import re
from datetime import date
from typing import Final

from oracle_node.sources.names import same_words
from oracle_node.sources.page import read_page
from oracle_node.sources.reading import Price, Refusal
from oracle_node.sources.source import Source, Vendor
from oracle_node.sources.standard import Rules, standard_price

_VENDOR: Final = Vendor(
    name="anthropic", models=re.compile(r"(?:anthropic[\s:/]+)?claude\b"), words=("claude", "anthropic")
)
_RULES: Final = Rules(
    same=same_words, unit_in_cell=True, media_models=False, main=re.compile(r"\bbase input\b|\bcache\b")
)


def parse(data: bytes, model: str, on: date) -> Price | Refusal:
    """The standard output price of `model` (`claude-opus-4-8` or `Claude Opus 4.8`) on the UTC day `on`."""
    tables = read_page(data, _VENDOR)
    return tables if isinstance(tables, Refusal) else standard_price(tables, model, on, _RULES)


SOURCE: Final = Source(
    provider="anthropic", url="https://platform.claude.com/docs/en/about-claude/pricing.md", parse=parse, vendor=_VENDOR
)
"""What the registry lists."""
