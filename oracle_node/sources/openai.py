"""OpenAI's pricing page: page source (MDX), a reader's Markdown, or raw HTML with Astro islands."""

import re
from datetime import date
from typing import Final

from oracle_node.sources.names import same_id
from oracle_node.sources.page import read_page
from oracle_node.sources.reading import Price, Refusal
from oracle_node.sources.source import Source, Vendor
from oracle_node.sources.standard import Rules, standard_price

_VENDOR: Final = Vendor(
    name="openai",
    models=re.compile(r"(?:openai[\s:/]+)?(?:(?:chat)?gpt\b|chatgpt|o[0-9]{1,2}\b)"),
    words=("gpt-", "openai", "chatgpt"),
)
_RULES: Final = Rules(same=same_id, unit_in_cell=False, media_models=True)


def parse(data: bytes, model: str, on: date) -> Price | Refusal:
    """The standard output price of `model` (`gpt-5.6-luna` or `GPT-5.6 Luna`) on the UTC day `on`."""
    tables = read_page(data, _VENDOR)
    return tables if isinstance(tables, Refusal) else standard_price(tables, model, on, _RULES)


SOURCE: Final = Source(
    provider="openai", url="https://developers.openai.com/api/docs/pricing", parse=parse, vendor=_VENDOR
)
"""What the registry lists."""
