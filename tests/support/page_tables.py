"""Tables rebuilt: columns that move, come or go, tables that stand twice, under another tier, or out of sight."""

import random
import re
from decimal import Decimal

from support.page_mutations import PRICES
from support.page_statements import Grid, Row, Statement, masked
from support.page_subjects import REFUSED, Allowed, Edit, Mutated, Subject, changed

OTHER_HEADINGS = (
    *("Batch", "Batch API", "Batch pricing", "Flex", "Flex processing", "Priority", "Priority processing", "Fast mode"),
    *("Fine-tuning", "Regional processing", "Data residency", "Long context pricing", "Amazon Bedrock", "Examples"),
)
OTHER_COLUMNS = (
    *("Notes", "Batch output", "Output (batch)", "Priority output", "Cached output", "Long context output"),
    *("Output > 200K", "Fine-tuned output", "Output, flex", "Audio output", "Output per image", "Fast mode output"),
)


def _one(subject: Subject, rng: random.Random) -> Statement | None:
    """A statement in a plain table of columns, where the page has no other one that would keep its old layout."""
    if len(subject.stated) != 1 or subject.provider == "openrouter":
        return None
    each = subject.stated[0]
    return each if each.grid.plain and "span=" not in subject.text[slice(*each.grid.span)] else None


def swapped_columns(subject: Subject, rng: random.Random) -> Mutated | None:
    """Two columns change places with their headings; of rows without headings the last column counts (rule 6)."""
    each = _one(subject, rng)
    if each is None or len(each.row.cells) < 3:
        return None
    one, other = sorted(rng.sample(range(len(each.row.cells)), 2))
    edits: list[Edit] = []
    for row in (*each.grid.heads, *each.grid.rows):
        left, right = row.cells[one], row.cells[other]
        edits += [(*left, subject.text[slice(*right)]), (*right, subject.text[slice(*left)])]
    if each.grid.heads:
        exact = len(each.grid.heads) == 1 and not (subject.provider == "google" and 0 in (one, other))
        return changed(subject, edits, subject.same if exact else subject.kept)
    if one == 0 or other != len(each.row.cells) - 1:
        return changed(subject, edits, REFUSED | subject.kept if one == 0 else subject.same)
    return changed(subject, edits, _read_as(subject, each, one))


def _read_as(subject: Subject, each: Statement, column: int) -> Allowed:
    """What a row says if this column is the output: its figure, or nothing."""
    cell = masked(subject.text[slice(*each.row.cells[column])]).strip("[]")
    figures = re.findall(r"[0-9]+(?:\.[0-9]+)?", cell.removeprefix("0,") if each.grid.form == "island" else cell)
    return frozenset({None, Decimal(figures[0])}) if len(figures) == 1 else REFUSED


def swapped_headings(subject: Subject, rng: random.Random) -> Mutated | None:
    """The headings change places and the figures stay: the page now states the other figure."""
    each = _one(subject, rng)
    if each is None or len(each.grid.heads) != 1:
        return None
    head = each.grid.heads[0]
    names = [masked(subject.text[a:b]).strip().casefold() for a, b in head.cells]
    others = [i for i, name in enumerate(names) if (i != each.column and "input" in name) or name == "free tier"]
    if not others or sum("output" in name for name in names) > 1:
        return None
    other = rng.choice(others)
    one, two = head.cells[each.column], head.cells[other]
    edits = [(*one, subject.text[slice(*two)]), (*two, subject.text[slice(*one)])]
    return changed(subject, edits, _read_as(subject, each, other))


def new_column(subject: Subject, rng: random.Random) -> Mutated | None:
    """A column of other prices comes in, anywhere; behind rows without headings it would be the output by rule 6."""
    each = _one(subject, rng)
    if each is None:
        return None
    at = rng.randrange(len(each.row.cells) + (1 if each.grid.heads else 0))
    heading, price = rng.choice(OTHER_COLUMNS), rng.choice(PRICES)
    edits: list[Edit] = []
    for row in (*each.grid.heads, *each.grid.rows):
        text = heading if row in each.grid.heads[-1:] else "" if row in each.grid.heads else price
        edits.append(_put(subject, each.grid, row, at, text))
    edits += _rules(subject, each.grid)
    allowed = subject.kept
    if not each.grid.heads and at == 0:
        allowed = REFUSED
    return changed(subject, edits, allowed)


def _put(subject: Subject, grid: Grid, row: Row, at: int, text: str) -> Edit:
    """One more cell before the cell `at` of the row."""
    first = at < len(row.cells)
    unit = " / MTok" if subject.provider == "anthropic" else ""
    shown = f"${text}{unit}" if re.fullmatch(r"[0-9.]+", text) else text
    if grid.form == "pipe":
        place = row.cells[at][0] if first else row.cells[-1][1] + 1
        return (place, place, f" {shown} |")
    if grid.form == "html":
        inside = row.cells[at][0] if first else row.cells[-1][1]
        kind = "td" if row not in grid.heads else "th"
        return (inside, inside, f"{shown}</{kind}><{kind}>" if first else f"</{kind}><{kind}>{shown}")
    value = f"{text}, " if grid.form == "array" else f"[0,{text}],"
    return (row.cells[at][0], row.cells[at][0], value)


def _rules(subject: Subject, grid: Grid) -> list[Edit]:
    """The rule line of a Markdown table grows with its columns."""
    if grid.form != "pipe":
        return []
    found = re.compile(r"^[ \t]*\|[\s|:-]+\|[ \t]*$", re.MULTILINE).search(subject.text, *grid.span)
    return [(found.end(), found.end(), "---|")] if found else []


def lost_column(subject: Subject, rng: random.Random) -> Mutated | None:
    """A column goes with its heading: with the output goes the price; without headings the last field left is read."""
    each = _one(subject, rng)
    if each is None or len(each.row.cells) < 3:
        return None
    at = rng.randrange(len(each.row.cells))
    edits = [_drop(subject, each.grid, row, at) for row in (*each.grid.heads, *each.grid.rows)]
    if each.grid.heads:
        return changed(subject, edits, REFUSED if at == each.column else subject.kept)
    if at != each.column:
        return changed(subject, edits, REFUSED if at == 0 else subject.kept)
    return changed(subject, edits, _read_as(subject, each, at - 1) if len(each.row.cells) == 5 else REFUSED)


def _drop(subject: Subject, grid: Grid, row: Row, at: int) -> Edit:
    start, end = row.cells[at]
    if grid.form == "pipe":
        return (start, end + 1, "")
    if grid.form == "html":
        opening = subject.text.rfind("<t", row.span[0], start)
        return (opening, subject.text.index(">", end) + 1, "")
    before = row.cells[at - 1][1] if at else start
    return (before, end, "") if at else (start, row.cells[1][0], "")


# ---------------------------------------------------------------------------------------------- whole tables


def _copy(subject: Subject, each: Statement, price: str | None) -> str:
    """The source of the statement's table, with another price where one is given."""
    start, end = each.grid.span
    if price is None:
        return subject.text[start:end]
    return subject.text[start : each.figure[0]] + price + subject.text[each.figure[1] : end]


def doubled_table(subject: Subject, rng: random.Random) -> Mutated | None:
    """The table stands twice below one heading: alike it says nothing new, otherwise nobody knows which counts."""
    each = rng.choice(subject.stated)
    if each.grid.form not in ("pipe", "html"):
        return None
    price = rng.choice([None, *rng.sample(PRICES, 2)])
    copies = [_copy(subject, each, None), _copy(subject, each, price)]
    rng.shuffle(copies)
    same = price is None or Decimal(price) == subject.price
    return changed(subject, [(*each.grid.span, "\n\n".join(copies) + "\n")], subject.kept if same else REFUSED)


def other_tier(subject: Subject, rng: random.Random) -> Mutated | None:
    """A table of the same models at other prices comes in under another tier's heading, behind or at the end."""
    each = rng.choice(subject.stated)
    heading, price = rng.choice(OTHER_HEADINGS), rng.choice(PRICES)
    at = each.grid.span[1]
    if each.grid.form == "pipe":
        level = rng.choice(("## ", "### ", "#### "))
        block = f"\n\n{level}{heading}\n\n{_copy(subject, each, price)}\n"
    elif each.grid.form == "html":
        block = f"<h3>{heading}</h3>{_copy(subject, each, price)}"
    elif each.grid.form == "array" and rng.random() < 0.5:
        rows = _copy(subject, each, price)
        block = f'\n\n## {heading}\n\n<TextTokenPricingTables\n tier="batch"\n rows={{[{rows}]}}\n/>\n'
        return changed(subject, [(len(subject.text), len(subject.text), block)], subject.kept)
    else:
        return None
    if rng.random() < 0.3 and "</html>" not in subject.text:
        at = len(subject.text)
    return changed(subject, [(at, at, block)], subject.kept)


def only_other_tier(subject: Subject, rng: random.Random) -> Mutated | None:
    """The standard table itself comes to stand under another tier's heading: no standard price is left."""
    if subject.provider in ("google", "openrouter") or len(subject.stated) != 1:
        return None
    each = subject.stated[0]
    heading = rng.choice([name for name in OTHER_HEADINGS if name not in ("Examples",)])
    if each.grid.form == "pipe":
        block = f"\n## {heading}\n\n"
    elif each.grid.form == "html":
        block = f"<h2>{heading}</h2>"
    else:
        return None
    return changed(subject, [(each.grid.span[0], each.grid.span[0], block)], REFUSED)


def hidden(subject: Subject, rng: random.Random) -> Mutated | None:
    """The tables that state the price go out of sight; or one that states another price comes in unseen."""
    each = rng.choice(subject.stated)
    if each.grid.form not in ("pipe", "html"):
        return None
    before, behind = rng.choice((("<!--", "-->"), ("<template>", "</template>"), ("<del>", "</del>")))
    if rng.random() < 0.5:
        whole = len({s.grid.span for s in subject.stated}) == len(
            [s for s in subject.stated if s.grid.form != "island"]
        )
        if not whole:
            return None
        edits = []
        for grid in {s.grid.span: s.grid for s in subject.stated}.values():
            source = re.sub(r"<!--.*?-->", "", subject.text[slice(*grid.span)], flags=re.DOTALL)
            edits.append((*grid.span, f"\n{before}\n\n{source}\n\n{behind}\n"))
        return changed(subject, edits, REFUSED)
    price = rng.choice(PRICES)
    source = re.sub(r"<!--.*?-->", "", _copy(subject, each, price), flags=re.DOTALL)
    at = each.grid.span[1]
    return changed(subject, [(at, at, f"\n\n{before}\n\n{source}\n\n{behind}\n\n")], subject.same)


def scaled_list(subject: Subject, rng: random.Random) -> Mutated | None:
    """A whole models list turns to prices per thousand or per million tokens."""
    if subject.provider != "openrouter" or subject.text.count('"completion"') < 50:
        return None
    factor = rng.choice((3, 6))
    text = re.sub(
        r"(\"completion\":\s*\")([0-9.eE+-]+)\"",
        lambda m: f'{m.group(1)}{Decimal(m.group(2)).scaleb(factor):f}"',
        subject.text,
    )
    return Mutated(data=text.encode(), allowed=REFUSED)


def with_a_free_twin(subject: Subject, rng: random.Random) -> Mutated | None:
    """A free variant, an alias and a router come to stand beside a listed model: none of them is the model."""
    if subject.provider != "openrouter":
        return None
    each = subject.stated[0]
    row = subject.text[slice(*each.row.span)]
    start = each.row.span[0]
    free = row[: each.cell[0] - start] + rng.choice(("0", "-1", "0.5")) + row[each.cell[1] - start :]
    twin = re.sub(
        r"(\"id\":\s*\")([^\"]*)\"",
        lambda m: f'{m.group(1)}{rng.choice((m.group(2) + ":free", "~" + m.group(2)))}"',
        free,
        count=1,
    )
    return changed(subject, [(start, start, twin + ",\n")], subject.same)
