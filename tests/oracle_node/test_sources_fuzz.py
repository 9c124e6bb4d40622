"""Mutated pages of known truth: a reader gives the price that the page then states, or none, and never an exception.

A failure names its case: `PAGE_CASE=seed/number pytest tests/oracle_node/test_sources_fuzz.py` runs it alone.
The cases depend on which pages are there: the recorded ones beside the checkout, else the samples alone.
"""

import difflib
import os
import random
import time
from decimal import Decimal

import pytest
from support import page_damage, page_mutations, page_tables, page_words
from support.page_subjects import Mutated, Mutation, Subject, subjects

from oracle_node.sources import Price, read

SEED = "2026"
STATED: tuple[Mutation, ...] = (
    page_mutations.new_price,
    page_mutations.new_price_once,
    page_mutations.currency,
    page_mutations.separators,
    page_mutations.unit,
    page_mutations.renamed,
    page_mutations.named_twice,
    page_mutations.swapped_rows,
    page_mutations.removed_row,
    page_mutations.doubled_row,
    page_tables.swapped_columns,
    page_tables.swapped_headings,
    page_tables.new_column,
    page_tables.lost_column,
    page_tables.doubled_table,
    page_tables.other_tier,
    page_tables.only_other_tier,
    page_tables.hidden,
    page_tables.scaled_list,
    page_tables.with_a_free_twin,
    page_words.aside,
    page_words.dated,
    page_words.hedged,
    page_words.second_output,
    page_words.unseen_figure,
    page_words.key_twice,
    page_damage.flip_figure,
    page_damage.flip_name,
    page_damage.flip_row,
    page_damage.hole,
    page_damage.twice,
)
"""What needs a place where the page states the price."""
DAMAGE: tuple[Mutation, ...] = (
    page_damage.cut,
    page_damage.noise,
    page_damage.lines,
    page_damage.flip_frame,
    page_damage.flip_anywhere,
    page_damage.encoding,
)
"""What can happen to any page, also to one that states no standard price of the model."""


def case(seed: str, number: int) -> tuple[str, Subject, Mutated]:
    """The mutation's name, its subject and what it made; the same for the same seed, number and pages."""
    rng = random.Random(f"{seed}/{number}")
    pages = sorted({subject.page for subject in subjects()})
    while True:
        # Pages by turns, whatever the number of their models; large ones and models without a price less often.
        page = rng.choice(pages)
        subject = rng.choice([each for each in subjects() if each.page == page])
        if (len(subject.text) > 100_000 and rng.random() < 0.7) or (not subject.stated and rng.random() < 0.5):
            continue
        mutation = rng.choice(STATED if subject.stated and rng.random() < 0.7 else DAMAGE)
        found = mutation(subject, rng)
        if found is not None:
            return mutation.__name__, subject, found


def complaint(seed: str, number: int) -> str | None:
    """What is wrong with the reading of this case, or None."""
    name, subject, found = case(seed, number)
    reading = read(subject.provider, found.data, subject.model, subject.on)
    got = Decimal(reading.usd_per_mtok) if isinstance(reading, Price) else None
    if got in found.allowed:
        return None
    allowed = ", ".join("a refusal" if each is None else f"{each:f}" for each in found.allowed)
    return (
        f"PAGE_CASE={seed}/{number}: {name} of {subject.page}, {subject.model} (stated {subject.price}): "
        f"read {reading}, allowed {allowed}\n{_shown(subject.text, found.data)}"
    )


def _shown(before: str, after: bytes) -> str:
    lines = [text.replace("\r\n", "\n").split("\n") for text in (before, after.decode("utf-8", errors="replace"))]
    shown = [line[:400] for line in difflib.unified_diff(*lines, lineterm="", n=1)] if len(before) < 100_000 else []
    return "\n".join(shown[:30])


def run(seed: str, cases: int) -> None:
    """Every case of the seed, or the one that the environment names; all complaints at once."""
    if "PAGE_CASE" in os.environ:
        seed, _, number = os.environ["PAGE_CASE"].partition("/")
        one = complaint(seed, int(number))
        assert one is None, one
        return
    found = [text for number in range(cases) if (text := complaint(seed, number)) is not None]
    assert not found, f"{len(found)} of {cases} cases:\n" + "\n".join(found[:10])


def test_mutated_pages_give_the_truth_or_a_refusal() -> None:
    """Two thousand mutations, the same on every run."""
    run(SEED, 2_000)


@pytest.mark.nightly
def test_many_mutated_pages_give_the_truth_or_a_refusal() -> None:
    """Twenty thousand others, a new seed every night; a failure names it."""
    run(os.environ.get("PAGE_SEED", f"{time.time_ns()}"), 20_000)


@pytest.mark.parametrize("mutation", [*STATED, *DAMAGE], ids=lambda each: each.__name__)
def test_every_mutation_changes_a_page(mutation: Mutation) -> None:
    """No mutation is dead: each finds a page that it can change."""
    rng = random.Random(mutation.__name__)
    asked = [subject for subject in subjects() if subject.stated and len(subject.text) < 100_000] * 3
    if mutation is page_tables.scaled_list:
        asked = [subject for subject in subjects() if subject.provider == "openrouter" and len(subject.text) > 100_000][
            :1
        ]
        if not asked:
            pytest.skip("no recorded models list beside this checkout (../shared/data)")
    made = (mutation(subject, rng) for subject in rng.sample(asked, len(asked)))
    assert any(found is not None for found in made)
