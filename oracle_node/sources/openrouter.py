"""OpenRouter's models API: one JSON list; the model is `id` or `canonical_slug` (rule 8)."""

import json
import re
from collections.abc import Sequence
from datetime import date
from decimal import Context, Decimal
from typing import Final

from oracle_node.sources.plain import MAX_BYTES, nested_too_deep, said_once, squeeze
from oracle_node.sources.reading import HIGHEST_USD, Price, Reason, Refusal, refuse
from oracle_node.sources.source import Source

_NUMBER = re.compile(r"-?(?:[0-9]{1,9}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,2})?")
_DOUBLE: Final = Context(prec=15)
"""Digits that a binary float keeps; what stands behind them is dust: `0.0000006000000000000001` is `0.0000006`."""
_USUAL_USD: Final = Decimal(50)
"""USD per 1M tokens that half of a full list stays below (about 1 in 2025 and 2026), whatever single models cost."""
_FULL_LIST: Final = 20


def parse(data: bytes, model: str, on: date) -> Price | Refusal:
    """The output price of `model` (`openai/gpt-4.1`, or its canonical slug); `on` changes nothing."""
    wanted = squeeze(model).casefold()
    if wanted.startswith("~"):
        return refuse(Reason.ALIAS, model)
    if ":" in wanted and not wanted.partition(":")[2].startswith(" "):
        return refuse(Reason.VARIANT, model)
    models = listed_models(data)
    if isinstance(models, Refusal):
        return models
    named = [entry for entry in models if wanted and wanted in (_text(entry, "id"), _text(entry, "canonical_slug"))]
    named = named or [entry for entry in models if wanted and wanted == _text(entry, "name")]
    plain = [entry for entry in named if not re.search(r"^~|:", _text(entry, "id"))]
    if not plain:
        return refuse(_why_none(named), model)
    if _unit_changed(models):
        return refuse(Reason.WRONG_UNIT, "the list is not in USD per token")
    readings = [_price(entry) for entry in plain]
    prices = [reading for reading in readings if isinstance(reading, Price)]
    if len({price.usd for price in prices}) > 1 or 0 < len(prices) < len(readings):
        return refuse(Reason.AMBIGUOUS, "; ".join(_text(entry, "id") for entry in plain))
    return readings[0]


def _why_none(named: Sequence[dict[str, object]]) -> Reason:
    if not named:
        return Reason.NO_SUCH_MODEL
    return Reason.ALIAS if any(_text(entry, "id").startswith("~") for entry in named) else Reason.VARIANT


def listed_models(data: bytes) -> list[dict[str, object]] | Refusal:
    """The entries of the list, bare or in its envelope."""
    text = data[:MAX_BYTES].decode("utf-8-sig", errors="replace")
    if nested_too_deep(text):
        return refuse(Reason.UNKNOWN_LAYOUT, "nested too deeply")
    try:
        answer = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=said_once)
    except (ValueError, RecursionError):
        if not text.lstrip().startswith(("{", "[")):
            return refuse(_what_else(text), "not JSON")
        return refuse(Reason.TRUNCATED, "the JSON does not end")
    entries = answer.get("data") if isinstance(answer, dict) else answer
    if not isinstance(entries, list):
        return refuse(Reason.UNKNOWN_LAYOUT, "no list of models")
    models = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("pricing"), dict)]
    return models or refuse(Reason.UNKNOWN_LAYOUT, "no model with a price list")


def _what_else(text: str) -> Reason:
    """What an answer is that is no JSON: a wall, a vendor's own page, or nothing we know."""
    if re.search(r"_cf_chl_opt|just a moment|captcha|access denied", text, re.IGNORECASE):
        return Reason.BOT_WALL
    return Reason.OTHER_PAGE if re.search(r"claude|gemini|openai|gpt-", text, re.IGNORECASE) else Reason.UNKNOWN_LAYOUT


def _text(entry: dict[str, object], key: str) -> str:
    value = entry.get(key)
    return value.casefold() if isinstance(value, str) else ""


def _price(entry: dict[str, object]) -> Price | Refusal:
    pricing = entry["pricing"]
    given = pricing.get("completion") if isinstance(pricing, dict) else None
    row = f"{_text(entry, 'id')} | completion {given}"
    if not isinstance(given, str) or not _NUMBER.fullmatch(given.strip()):
        return refuse(Reason.NO_PRICE, row)
    usd = _DOUBLE.scaleb(Decimal(given.strip()), 6)
    if usd < 0:
        return refuse(Reason.NEGATIVE, row)
    if usd == 0:
        return refuse(Reason.ZERO, row)
    if usd > HIGHEST_USD:
        return refuse(Reason.WRONG_UNIT, row)
    return Price(usd=usd, row=row)


def _unit_changed(models: Sequence[dict[str, object]]) -> bool:
    """Whether the list as a whole is not in USD per token: half of its prices would be beyond all measure."""
    readings = [_price(entry) for entry in models]
    high = [r for r in readings if (r.usd > _USUAL_USD if isinstance(r, Price) else r.reason is Reason.WRONG_UNIT)]
    priced = [r for r in readings if isinstance(r, Price) or r.reason is Reason.WRONG_UNIT]
    return len(priced) >= _FULL_LIST and 2 * len(high) > len(priced)


SOURCE: Final = Source(provider="openrouter", url="https://openrouter.ai/api/v1/models", parse=parse)
"""What the registry lists."""
