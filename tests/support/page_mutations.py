"""Real pages, changed so that the price they then state is known: what the fuzz test feeds to the readers.

A mutation gives the bytes and what may be read: figures in USD per 1M output tokens, None for a refusal. Where the
change damages the page without touching the model's figure, the truth is the old price, and a refusal is right too;
where it makes the page say two things, or takes the price away, only a refusal is right.
"""

import random
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from support.page_statements import Grid, Row, figure_in, key_of, masked, output_column
from support.page_subjects import REFUSED, Edit, Mutated, Subject, changed, edited

PRICES = ("0.05", "0.4", "1", "3.75", "7", "12.5", "33", "99", "480", "0.0375", "1050")


# ---------------------------------------------------------------------------------------------- figures


def _same_figure(subject: Subject, new: str) -> list[Edit]:
    return [(*each.figure, new) for each in subject.stated]


def _written(subject: Subject, price: Decimal) -> str:
    return f"{price.scaleb(-6) if subject.provider == 'openrouter' else price:f}"


def new_price(subject: Subject, rng: random.Random) -> Mutated | None:
    """Every statement gives another price: that one is read, whatever it was before."""
    price = Decimal(rng.choice(PRICES))
    return changed(subject, _same_figure(subject, _written(subject, price)), {price})


def new_price_once(subject: Subject, rng: random.Random) -> Mutated | None:
    """One of several statements gives another price: the page contradicts itself."""
    if len(subject.stated) < 2:
        return None
    price = Decimal(rng.choice(PRICES))
    each = rng.choice(subject.stated)
    return changed(subject, [(*each.figure, _written(subject, price))], {None, price} & {None, subject.price})


SIGNS = (
    "\u20ac",
    "\u00a3",
    "\u00a5",
    "\u20b9",
    "CA$",
    "A$",
    "R$",
    "HK$",
    "EUR ",
    "CHF ",
    "-$",
    "~$",
    "\u20bf",
    "\uff04",
    "",
)


def currency(subject: Subject, rng: random.Random) -> Mutated | None:
    """The price's cell is in another currency, or in none: no price. Page data gets it as the text it would hold."""
    sign, edits = rng.choice(SIGNS), []
    for each in subject.stated:
        cell = subject.text[slice(*each.cell)]
        if "$" in cell and each.grid.form in ("pipe", "html"):
            edits.append((*each.cell, re.sub(r"\\?(?:US)?\$", lambda _: sign, cell)))
        elif sign == "" or each.grid.form in ("pipe", "html"):
            return None
        else:
            quote = {"array": '"', "island": "&quot;", "json": ""}[each.grid.form]
            edits.append((*each.figure, f"{quote}{sign}{subject.text[slice(*each.figure)]}{quote}"))
    return changed(subject, edits, REFUSED)


def _groups(price: Decimal) -> Sequence[tuple[str, Iterable[Decimal | None]]]:
    plain, tenth = f"{price:f}", price.scaleb(-1)
    whole, _, part = f"{price:.2f}".partition(".")
    return (
        (f"{whole},{part}", REFUSED),
        (f"{whole}.000,{part}", REFUSED),
        (f"1.{whole.zfill(3)},{part}", REFUSED),
        (f"{whole}'000", REFUSED),
        (f"{whole} 000", REFUSED),
        (f"1,{whole.zfill(3)}.{part}", {Decimal(f"1{whole.zfill(3)}.{part}"), None}),
        (f"{whole},000", {price.to_integral_value(rounding="ROUND_FLOOR") * 1000, None}),
        (f"{plain}k", REFUSED),
        (f"{plain}M", REFUSED),
        (f"{plain}%", REFUSED),
        (f"{plain}-{plain}0", REFUSED),
        (f"{plain}\u2013{tenth:f}", REFUSED),
        (f"{plain}/{plain}", REFUSED),
        (f"{plain}.5.0", REFUSED),
        (f"{plain}_000", REFUSED),
        (f"{plain}\u00b73", REFUSED),
        (f"{plain}\u066b5", REFUSED),
        (f"{plain}e1", REFUSED),
        (f"0x{whole}", REFUSED),
        (f"{plain}`5", REFUSED),
        (f"{plain}*5", REFUSED),
        ("".join(chr(ord(c) + 0xFEE0) if c.isdecimal() else c for c in plain), REFUSED),
        ("\u00bd", REFUSED),
        ("", REFUSED),
        ("-", REFUSED),
        ("NaN", REFUSED),
        ("Free", REFUSED),
        (f"-{plain}", REFUSED),
        (f"{price:.6f}", {price}) if price == round(price, 6) else (plain, {price}),
        (f"00{plain}", {price, None}),
    )


def separators(subject: Subject, rng: random.Random) -> Mutated | None:
    """The figure is written in another way; only one that every reader takes alike is a price.

    In page data the new text is quoted, as words are there: bare it would be two fields, or no data at all.
    """
    assert subject.price is not None
    if subject.provider == "openrouter":
        plain = _written(subject, subject.price)
        ways: Sequence[tuple[str, Iterable[Decimal | None]]] = (
            (plain.replace(".", ","), REFUSED),
            (f"{plain}0000", {subject.price}),
            (f"{plain} ", {subject.price, None}),
            (f"-{plain}", REFUSED),
            (f"${plain}", REFUSED),
            ("0", REFUSED),
            ("", REFUSED),
            ("null", REFUSED),
            (f"{plain}0000000000000001", {subject.price, None}),
        )
    else:
        ways = _groups(subject.price)
    new, allowed = rng.choice(ways)
    quotes = {"array": '"', "island": "&quot;"}
    edits = []
    for each in subject.stated:
        quote = quotes.get(each.grid.form, "")
        start, end = each.figure
        old = subject.text[slice(*each.cell)]
        if quote and old.strip().startswith(('"', "[0,&quot;")):
            quote = ""
        edits.append((start, end, f"{quote}{new}{quote}"))
    return changed(subject, edits, allowed)


UNITS = (
    "1K tokens",
    "1,000 tokens",
    "thousand tokens",
    "token",
    "1B tokens",
    "image",
    "minute",
    "request",
    "character",
)


def unit(subject: Subject, rng: random.Random) -> Mutated | None:
    """Beside the figure, in its header or above its table, prices are said to be per something else."""
    other = rng.choice(UNITS)
    if subject.provider == "anthropic":
        edits = []
        for each in subject.stated:
            cell = subject.text[slice(*each.cell)]
            new = re.sub(r"MTok", lambda _: other, cell)
            if new == cell:
                return None
            edits.append((*each.cell, new))
        return changed(subject, edits, REFUSED)
    if subject.provider == "google":
        heads = [subject.text[slice(*each.grid.heads[-1].cells[each.column])] for each in subject.stated]
        news = [re.sub(r"per 1M tokens", f"per {other}", head) for head in heads]
        if news == heads:
            return None
        spans = [each.grid.heads[-1].cells[each.column] for each in subject.stated]
        return changed(subject, [(*span, new) for span, new in zip(spans, news, strict=True)], REFUSED)
    text = re.sub(r"(?i)(prices? )per 1M tokens", rf"\1per {other}", subject.text)
    return None if text == subject.text else Mutated(data=text.encode(), allowed=REFUSED)


# ---------------------------------------------------------------------------------------------- names


def renamed(subject: Subject, rng: random.Random) -> Mutated | None:
    """The model's name is another model's by a word, a digit or a letter: the model stands nowhere."""
    edits = []
    way = rng.randrange(6)
    for each in subject.stated:
        start, end = each.name
        name = subject.text[start:end]
        core = re.search(r"[A-Za-z][\w.:/ -]*[A-Za-z0-9]", masked(name))
        if core is None:
            return None
        old = core.group(0)
        spot = rng.randrange(1, len(old))
        new = (
            f"{old} mini" if subject.provider == "anthropic" else f"{old}-mini",
            f"{old}-2",
            old[:-1],
            old[:spot] + rng.choice("abcxyz0123456789") + old[spot:],
            old[:spot] + rng.choice("qwz7913") + old[spot + 1 :],
            f"not-{old}",
        )[way]
        if key_of(new, subject.provider) == key_of(old, subject.provider):
            return None
        edits.append((start + core.start(), start + core.end(), new))
    if subject.provider == "openrouter":
        text = subject.text
        for start, end in {each.row.span for each in subject.stated}:
            row = text[start:end]
            text = text[:start] + row.replace(f'"{subject.model}"', f'"{subject.model}-mini"') + text[end:]
        return Mutated(data=text.encode(), allowed=REFUSED)
    return changed(subject, edits, REFUSED)


def named_twice(subject: Subject, rng: random.Random) -> Mutated | None:
    """Another row of the table takes the model's name: two prices make it ambiguous, one price twice does not."""
    each = rng.choice(subject.stated)
    others = [row for row in each.grid.rows if row != each.row and len(row.cells) == len(each.row.cells)]
    if subject.provider in ("google", "openrouter") or not others or not each.grid.plain:
        return None
    at = each.row.cells.index(each.name)
    other = rng.choice(others)
    column = output_column(each.grid, other, subject.text)
    old = subject.text[slice(*each.name)]
    assert subject.price is not None
    same = column is not None and figure_in(subject.text, other.cells[column], subject.price) is not None
    return changed(subject, [(*other.cells[at], old)], subject.kept if same else REFUSED)


# ---------------------------------------------------------------------------------------------- rows


def swapped_rows(subject: Subject, rng: random.Random) -> Mutated | None:
    """Two rows change places: nothing else is said. Rows that lean on each other are left to other mutations."""
    each = rng.choice(subject.stated)
    if not each.grid.plain or len(each.grid.rows) < 2:
        return None
    one, other = rng.sample(each.grid.rows, 2)
    if "rowspan" in subject.text[each.grid.span[0] : each.grid.span[1]]:
        return None
    texts = subject.text[slice(*one.span)], subject.text[slice(*other.span)]
    return changed(subject, [(*one.span, texts[1]), (*other.span, texts[0])], subject.same)


def _gap(form: str) -> str:
    return {"pipe": "\n", "html": "", "array": ",\n", "island": ",", "json": ",\n"}[form]


def _without(subject: Subject, grid: Grid, row: Row) -> Edit:
    start, end = row.span
    tail = re.compile(r"\s*,|[ \t]*\n").match(subject.text, end)
    return (start, tail.end() if tail and grid.form != "html" else end, "")


def removed_row(subject: Subject, rng: random.Random) -> Mutated | None:
    """The model's rows go, and with them the price; or another row goes, and nothing changes."""
    if rng.random() < 0.5 or subject.provider == "openrouter":
        if subject.provider == "openrouter" and subject.text.count('"id"') < 2:
            return None
        edits = [_without(subject, each.grid, each.row) for each in subject.stated]
        text = edited(subject.text, edits)
        return Mutated(data=text.encode(), allowed=REFUSED)
    each = rng.choice(subject.stated)
    others = [row for row in each.grid.rows if row not in [s.row for s in subject.stated]]
    if not others or not each.grid.plain or "rowspan" in subject.text[slice(*each.grid.span)]:
        return None
    other = rng.choice(others)
    if other == each.grid.rows[-1] and each.grid.form in ("island", "array"):
        return None  # a comma would be left behind that JSON does not allow
    return changed(subject, [_without(subject, each.grid, other)], subject.same)


def doubled_row(subject: Subject, rng: random.Random) -> Mutated | None:
    """The model's row stands twice: with its price it says nothing new, with another one nobody knows which counts."""
    each = rng.choice(subject.stated)
    start, end = each.row.span
    row = subject.text[start:end]
    price = Decimal(rng.choice(PRICES))
    other = row[: each.figure[0] - start] + _written(subject, price) + row[each.figure[1] - start :]
    agree = rng.random() < 0.4
    both = [row, row if agree else other]
    rng.shuffle(both)
    allowed = subject.kept if agree or price == subject.price else REFUSED
    return changed(subject, [(start, end, _gap(each.grid.form).join(both))], allowed)
