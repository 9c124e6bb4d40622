"""OpenAI's pricing page: page source (MDX), a reader's Markdown, or raw HTML with Astro islands."""

from datetime import date

from oracle_node.sources.names import same_id
from oracle_node.sources.page import read_page
from oracle_node.sources.reading import Price, Refusal
from oracle_node.sources.standard import Rules, standard_price

_RULES = Rules(same=same_id, unit_in_cell=False, media_models=True)


def parse(data: bytes, model: str, on: date) -> Price | Refusal:
    """The standard output price of `model` (`gpt-5.6-luna` or `GPT-5.6 Luna`) on the UTC day `on`."""
    tables = read_page(data, "openai")
    return tables if isinstance(tables, Refusal) else standard_price(tables, model, on, _RULES)
