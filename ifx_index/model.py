"""What is priced and used: one model in one variant, the join key of every source."""

from typing import Final, NamedTuple

STANDARD: Final = "standard"
FREE: Final = "free"
COMPANIES: Final = ("openai", "google", "anthropic", "deepseek", "qwen", "moonshotai")
"""The companies that have a series, by the prefix of their models' slugs."""


class Model(NamedTuple):
    """A model in one variant; `:free`, `:thinking` or `:batch` are models of their own."""

    slug: str
    """Canonical, dated name, such as `openai/gpt-5.6-luna-20260709`."""

    variant: str
    """`standard`, or the suffix after the colon of an id."""

    @property
    def company(self) -> str:
        """The prefix of the slug."""
        return self.slug.partition("/")[0]

    def __str__(self) -> str:
        return self.slug if self.variant == STANDARD else f"{self.slug}:{self.variant}"


def model_of(identity: str, canonical: str | None = None) -> Model:
    """The model behind an id such as `google/gemini-2.5-pro:thinking`, under its canonical slug where one is known."""
    base, _, suffix = identity.partition(":")
    return Model(canonical.partition(":")[0] if canonical else base, suffix or STANDARD)


def is_alias(identity: str) -> bool:
    """Whether an id is an alias: it points at a model that is listed for itself, and would count it twice."""
    return identity.startswith("~")
