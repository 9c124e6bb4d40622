"""Anthropic's pricing page: its Markdown, or the model table in HTML."""

from datetime import date

from oracle_node.sources.names import same_words
from oracle_node.sources.page import read_page
from oracle_node.sources.reading import Price, Refusal
from oracle_node.sources.standard import Rules, standard_price

_RULES = Rules(same=same_words, unit_in_cell=True, media_models=False)


def parse(data: bytes, model: str, on: date) -> Price | Refusal:
    """The standard output price of `model` (`claude-opus-4-8` or `Claude Opus 4.8`) on the UTC day `on`."""
    tables = read_page(data, "anthropic")
    return tables if isinstance(tables, Refusal) else standard_price(tables, model, on, _RULES)
