"""What recorded price lists and usage say of the paper's numbers; a test holds each against the recordings.

Prices are OpenRouter's, USD per million tokens, from lists recorded soon after 00:00 UTC of the date. OpenRouter passes
the list prices of OpenAI, Anthropic and Google through. Source of the usage: OpenRouter (openrouter.ai/rankings).
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One model on one recorded price list."""

    model: str
    """OpenRouter's id."""

    on: str
    """Date of the list."""

    output: Decimal
    """USD per million output tokens."""

    input: Decimal
    """USD per million input tokens."""

    @property
    def source(self) -> str:
        """For the column "by"."""
        return f"recorded list of {self.on}"


def _listed(model: str, on: str, output: str, prompt: str) -> Listed:
    return Listed(model=model, on=on, output=Decimal(output), input=Decimal(prompt))


JUNE: Final = "2026-06-17"
"""The recorded list nearest to the paper's date."""

GPT_41: Final = _listed("openai/gpt-4.1", JUNE, "8.00", "2.00")
GPT_54: Final = _listed("openai/gpt-5.4", JUNE, "15.00", "2.50")
GPT_55: Final = _listed("openai/gpt-5.5", JUNE, "30.00", "5.00")
OPUS_48: Final = _listed("anthropic/claude-opus-4.8", JUNE, "25.00", "5.00")
GEMINI_25_PRO: Final = _listed("google/gemini-2.5-pro", JUNE, "10.00", "1.25")
FLASH_V4: Final = _listed("deepseek/deepseek-v4-flash", JUNE, "0.18", "0.09")
FLASH_V4_MAY: Final = _listed("deepseek/deepseek-v4-flash", "2026-05-03", "0.28", "0.14")
SCOUT: Final = _listed("meta-llama/llama-4-scout", JUNE, "0.30", "0.10")
GPT_4_TURBO: Final = _listed("openai/gpt-4-turbo", "2025-05-23", "30.00", "10.00")
GPT_4O_MAY: Final = _listed("openai/gpt-4o-2024-05-13", "2025-05-23", "15.00", "5.00")
GPT_4O_AUGUST: Final = _listed("openai/gpt-4o-2024-08-06", "2025-05-23", "10.00", "2.50")
GPT_4O_MINI: Final = _listed("openai/gpt-4o-mini", "2025-05-23", "0.60", "0.15")
GPT_45: Final = _listed("openai/gpt-4.5-preview", "2025-05-23", "150.00", "75.00")
O3_BEFORE: Final = _listed("openai/o3", "2025-05-23", "40.00", "10.00")
O3_AFTER: Final = _listed("openai/o3", "2025-12-18", "8.00", "2.00")
OPUS_46: Final = _listed("anthropic/claude-opus-4.6", "2026-02-17", "25.00", "5.00")
OPUS_45: Final = _listed("anthropic/claude-opus-4.5", "2025-12-18", "25.00", "5.00")
OPUS_41: Final = _listed("anthropic/claude-opus-4.1", JUNE, "75.00", "15.00")

LISTED: Final = (
    GPT_41,
    GPT_54,
    GPT_55,
    OPUS_48,
    GEMINI_25_PRO,
    FLASH_V4,
    FLASH_V4_MAY,
    SCOUT,
    GPT_4_TURBO,
    GPT_4O_MAY,
    GPT_4O_AUGUST,
    GPT_4O_MINI,
    GPT_45,
    O3_BEFORE,
    O3_AFTER,
    OPUS_46,
    OPUS_45,
    OPUS_41,
)
"""All of them, for the test."""

MODELS_IN_DECEMBER: Final = (349, 57)
"""Models and makers on the list of 2025-12-18."""

OUTPUT_SHARE: Final = Fraction(305, 10_000)
"""Output tokens as a part of all, to a hundredth of a percent: 39 recorded days of 2026, all companies."""
