"""Words beside a name or a figure that make another price of it: tiers, dates, hedges; and keys that come twice."""

import random
import re
from datetime import timedelta

from support.page_mutations import PRICES
from support.page_statements import masked
from support.page_subjects import REFUSED, Mutated, Subject, changed

OTHER_TIERS = (
    *("(batch)", "(fast mode)", "(priority)", "(flex)", "(EU region)", "(> 200K context)", "(fine-tuned)"),
    *("with data sharing", "batch", "fast", "fine-tuning", "(US-only inference)", "(regional)", "(retired)"),
)


def aside(subject: Subject, rng: random.Random) -> Mutated | None:
    """The row's name says that it is another tier's, region's or band's, or that the model is gone."""
    words = rng.choice(OTHER_TIERS)
    return _named(subject, words, REFUSED)


def _named(subject: Subject, words: str, allowed: frozenset[object]) -> Mutated | None:
    if subject.provider in ("google", "openrouter") or not all(s.grid.plain for s in subject.stated):
        return None
    edits = []
    for each in subject.stated:
        name = subject.text[slice(*each.name)]
        inner = re.search(r"[A-Za-z][\w.:/ -]*[A-Za-z0-9]", masked(name))
        if inner is None or each.grid.form not in ("pipe", "html", "array"):
            return None
        edits.append((each.name[0] + inner.end(), each.name[0] + inner.end(), f" {words}"))
    return changed(subject, edits, allowed)  # type: ignore[arg-type]


def dated(subject: Subject, rng: random.Random) -> Mutated | None:
    """The row's name says from when or until when it counts."""
    if re.search(r"through|starting", "".join(subject.text[slice(*s.name)] for s in subject.stated)):
        return None
    day, in_force, word = rng.choice(
        (
            (subject.on, True, "through"),
            (subject.on - timedelta(1), False, "through"),
            (subject.on, True, "starting"),
            (subject.on + timedelta(1), False, "starting"),
            (subject.on + timedelta(400), True, "until"),
            (subject.on, False, "before"),
        )
    )
    how = rng.choice(("%B %d, %Y", "%d %B %Y", "%Y-%m-%d", "%b. %d, %Y"))
    return _named(subject, f"{word} {day.strftime(how)}", subject.same if in_force else REFUSED)  # type: ignore[arg-type]


BEFORE = ("from ", "up to ", "starting at ", "~", "\u2248", "\u2265 ", "< ", "+", "1 / ", "approx. ", "100 x ", "-")
BEHIND = (
    " to $99",
    " - $99",
    "+",
    " ($99)",
    " / $99",
    " $99",
    " or more",
    " per image",
    " / hour",
    " x 2",
    "!",
    " (audio)",
)


def hedged(subject: Subject, rng: random.Random) -> Mutated | None:
    """The figure is said to be about, at least, or one of two: no single price stands there."""
    if len(subject.stated) != 1 or subject.stated[0].grid.form not in ("pipe", "html"):
        return None
    each = subject.stated[0]
    before, cell = subject.text[each.cell[0] : each.figure[0]], subject.text[slice(*each.cell)]
    dollar = re.search(r"\\?(?:US)?\$", before)
    if dollar is None or (subject.provider == "google" and len(masked(cell).strip()) > 12):
        return None
    if rng.random() < 0.5:
        at = each.cell[0] + dollar.start()
        return changed(subject, [(at, at, rng.choice(BEFORE))], REFUSED)
    return changed(subject, [(each.figure[1], each.figure[1], rng.choice(BEHIND))], REFUSED)


def second_output(subject: Subject, rng: random.Random) -> Mutated | None:
    """Another column is headed like the output: nobody knows which one counts."""
    if len(subject.stated) != 1 or len(subject.stated[0].grid.heads) != 1 or subject.provider == "google":
        return None
    each = subject.stated[0]
    head = each.grid.heads[0]
    names = [masked(subject.text[a:b]).casefold() for a, b in head.cells]
    column = each.column + len(head.cells) - len(each.row.cells)
    others = [i for i, name in enumerate(names) if "input" in name]
    if not others:
        return None
    output = subject.text[slice(*head.cells[column])]
    return changed(subject, [(*head.cells[rng.choice(others)], output)], REFUSED)


def unseen_figure(subject: Subject, rng: random.Random) -> Mutated | None:
    """Beside the figure stands one that is struck out or hidden: only the seen one counts."""
    if len(subject.stated) != 1 or subject.stated[0].grid.form != "html":
        return None
    each = subject.stated[0]
    price = rng.choice(PRICES)
    new = rng.choice(
        (
            f"<del>${price}</del> ",
            f"<s>${price} / MTok</s> ",
            f"<span hidden>${price}</span>",
            f'<span style="display: none">${price}</span>',
            f"<!-- ${price} -->",
            f"<template>${price}</template>",
        )
    )
    return changed(subject, [(each.cell[0], each.cell[0], new)], subject.kept)


def key_twice(subject: Subject, rng: random.Random) -> Mutated | None:
    """An entry of a list gives its output price twice: readers of JSON differ in which one they take."""
    if subject.provider != "openrouter":
        return None
    edits = []
    for each in subject.stated:
        if subject.price is None or len(subject.stated) != 1:
            return None
        at = subject.text.rindex('"completion"', 0, each.cell[0])
        edits.append((at, at, f'"completion": "{rng.choice(("0.000077", "0.0000777", "-1", "0"))}", '))
        if rng.random() < 0.5:
            edits = [(each.cell[1] + 1, each.cell[1] + 1, ', "completion": "0.000077"')]
    return changed(subject, edits, REFUSED)
