"""Damage: bytes that flip, pages that end, lines that go, noise that comes, encodings that are not what they seem.

The truth of a flipped byte depends on where it falls. Inside the price's cell: the same currency, unit and words around
other digits state another figure, a changed sign or unit states none, anything else leaves the old figure. Inside the
model's name it takes the price away. Anywhere else the old figure stands. In each case a refusal is right too.
"""

import gzip
import random
import re
from decimal import Decimal

from support.page_statements import FIGURE, Statement, key_of, masked
from support.page_subjects import REFUSED, Allowed, Mutated, Subject, changed, own_rows, unless_named


def cut(subject: Subject, rng: random.Random) -> Mutated | None:
    """The page ends anywhere, or inside the row: before the figure is whole there is none."""
    data = subject.text.encode()
    near = [len(subject.text[: s.row.span[0]].encode()) for s in subject.stated]
    ends = [len(subject.text[: s.figure[1]].encode()) for s in subject.stated]
    if near and rng.random() < 0.6:
        i = rng.randrange(len(near))
        at = rng.randrange(near[i], min(ends[i] + 40, len(data)))
    else:
        at = rng.randrange(len(data))
    whole = any(at >= end for end in ends)
    return Mutated(data=data[:at], allowed=subject.kept if whole else REFUSED)


def noise(subject: Subject, rng: random.Random) -> Mutated | None:
    """Bytes that mean nothing come in between, outside the model's rows."""
    text = subject.text
    pieces = (
        "|",
        "||",
        "\n",
        "\n\n",
        "<",
        ">",
        "<td>",
        "</table>",
        "<table>",
        "```",
        "`",
        "<!--",
        "-->",
        "]",
        "[",
        "}",
        "$9",
    )
    spans = own_rows(subject, text)
    for _ in range(20):
        at = rng.randrange(len(text))
        if not any(a - 1 <= at <= b for a, b in spans):
            new = rng.choice(pieces) if rng.random() < 0.7 else rng.randbytes(rng.randint(1, 8)).decode("latin-1")
            return unless_named(subject, changed(subject, [(at, at, new)], subject.kept))
    return None


def lines(subject: Subject, rng: random.Random) -> Mutated | None:
    """A line goes, comes twice or changes places with its neighbour: a heading, a label, a rule, a row."""
    starts = [0] + [m.end() for m in re.finditer("\n", subject.text)]
    if len(starts) < 10 or subject.provider == "openrouter":
        return None
    near = [i for i, at in enumerate(starts) if any(abs(at - s.row.span[0]) < 1500 for s in subject.stated)]
    i = rng.choice(near) if near and rng.random() < 0.5 else rng.randrange(len(starts) - 1)
    i = min(i, len(starts) - 2)
    start, end = starts[i], starts[i + 1]
    line = subject.text[start:end]
    if any(a < end and start < b for a, b in own_rows(subject, subject.text)):
        return None  # removed_row and doubled_row know what becomes of a row
    way = rng.randrange(3)
    if way == 2 and (
        i + 2 >= len(starts) or any(a < starts[i + 2] and start < b for a, b in own_rows(subject, subject.text))
    ):
        return None
    if way == 2:
        edit = (start, starts[i + 2], subject.text[end : starts[i + 2]] + line)
    else:
        edit = (start, end, "" if way == 0 else line + line)
    return unless_named(subject, changed(subject, [edit], subject.kept))


# ---------------------------------------------------------------------------------------------- flips


def _flipped(text: str, at: int, rng: random.Random) -> str:
    """One character of ASCII replaced, put in or taken out, or one bit of it turned."""
    way = rng.randrange(4)
    new = rng.choice("0123456789.,-$|<>[]{}\"'`*_~ /\\&;#()MKmk\n\t\x00\x7f" + chr(rng.randrange(32, 127)))
    if way == 0:
        new = chr((ord(text[at]) ^ (1 << rng.randrange(7))) & 0x7F) if text[at].isascii() else new
    return text[:at] + ("" if way == 3 else new) + text[at + (way != 2) :]


def flip_figure(subject: Subject, rng: random.Random) -> Mutated | None:
    """One character of the price's cell, or beside it, flips in one of its statements."""
    if not subject.stated:
        return None
    each = rng.choice(subject.stated)
    start, end = each.cell
    text = _flipped(subject.text, rng.randrange(start, max(start + 1, end)), rng)
    cell = text[start : end + len(text) - len(subject.text)]
    old = subject.text[start:end]
    before, behind = subject.text[start : each.figure[0]], subject.text[each.figure[1] : end]
    stands = _stated_after(subject, each, old, cell, before, behind)
    others = {subject.price} if len(subject.stated) > 1 else set()
    if stands is None:
        return Mutated(data=text.encode(), allowed=frozenset({None, *others}))
    # Where other places state the old price, a new figure contradicts them.
    allowed: Allowed = frozenset({None, stands}) if not others or stands == subject.price else REFUSED
    return Mutated(data=text.encode(), allowed=allowed)


def _stated_after(subject: Subject, each: Statement, old: str, cell: str, before: str, behind: str) -> Decimal | None:
    """The figure that the flipped cell states, or None."""
    assert subject.price is not None
    digits = re.fullmatch(_loose(before) + r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*" + _loose(behind), masked(cell), re.I)
    if digits and not (digits.group(1).startswith(".") and each.grid.form == "island"):
        return Decimal(digits.group(1)).scaleb(6) if subject.provider == "openrouter" else Decimal(digits.group(1))
    if each.grid.form in ("pipe", "html"):
        # Blanks and emphasis around it change nothing; digits, signs and units do.
        def bare(text: str) -> str:
            return (
                re.sub(r"\s[,.;](?=[\s/])|[\s*\\]|[,.;]$|<!--\s*-->", "", masked(text).rstrip())
                .casefold()
                .replace("/1m", "/m")
            )  # per 1M tokens is per M tokens

        figures = FIGURE.findall(masked(cell)), FIGURE.findall(masked(old))
        if bare(cell) == bare(old):
            return subject.price
        unit_kept = re.findall(r"[$/]|M\s?Tok|per", cell) == re.findall(r"[$/]|M\s?Tok|per", old)
        stem = before + old[len(before) : len(old) - len(behind)]
        words = subject.provider == "google" and re.match(re.escape(stem) + r"(?:\s|,\s|<|\Z)", cell) is not None
        if words or (
            unit_kept and figures[0] == figures[1] and subject.provider == "openai" and cell.startswith(before)
        ):
            # What stands behind the figure, such as the upper band's price, is damaged.
            return subject.price
    return None


def _loose(text: str) -> str:
    """A pattern of the text that takes blanks anywhere."""
    return r"\s*" + r"\s*".join(re.escape(each) for each in re.sub(r"\s", "", masked(text))) + r"\s*"


def flip_name(subject: Subject, rng: random.Random) -> Mutated | None:
    """One character of the model's name flips: another letter or digit names another model."""
    if not subject.stated or subject.provider == "openrouter":
        return None
    each = rng.choice(subject.stated)
    start, end = each.name
    text = _flipped(subject.text, rng.randrange(start, end), rng)
    name = text[start : end + len(text) - len(subject.text)]
    same = key_of(name, subject.provider) == key_of(subject.text[start:end], subject.provider)
    if not same and len(subject.stated) == 1 and subject.provider != "google":
        # The aside of a name may be damaged; the name itself may not.
        core = [re.findall(r"[a-z0-9]+", masked(x).split("(")[0].casefold()) for x in (name, subject.text[start:end])]
        return Mutated(data=text.encode(), allowed=subject.kept if core[0] == core[1] else REFUSED)
    return Mutated(data=text.encode(), allowed=subject.kept)


def flip_row(subject: Subject, rng: random.Random) -> Mutated | None:
    """One character of the model's row flips, outside its name and price: what it states stays."""
    if not subject.stated:
        return None
    each = rng.choice(subject.stated)
    spots = [
        at
        for at in range(*each.row.span)
        if not each.name[0] <= at < each.name[1] and not each.cell[0] - 1 <= at <= each.cell[1]
    ]
    if not spots or (each.grid.form in ("array", "island") and len(each.row.cells) not in (4, 5)):
        return None
    return Mutated(data=_flipped(subject.text, rng.choice(spots), rng).encode(), allowed=subject.kept)


def flip_frame(subject: Subject, rng: random.Random) -> Mutated | None:
    """One character flips in a heading, a label, a header or a tag near a table that names the model."""
    spots = [m.span() for m in re.finditer(_FRAME, subject.text)]
    if subject.stated and rng.random() < 0.5:
        heads = [row.span for each in subject.stated for row in each.grid.heads]
        spots = heads or spots
    if not spots:
        return None
    start, end = rng.choice(spots)
    if any(a - 1 <= start and end <= b + 1 for a, b in own_rows(subject, subject.text)):
        return None
    return unless_named(
        subject, Mutated(data=_flipped(subject.text, rng.randrange(start, end), rng).encode(), allowed=subject.kept)
    )


_FRAME = re.compile(
    r"^#{1,6} .*$|^(?:Standard|Batch|Flex|Priority).*$|^\|.*Model.*$|<h[1-6]\b.*?</h[1-6]>|tier=\S+|data-value=\S+|"
    r"data-content-switcher-pane|<t[rdh]\b[^>]*>|</?table|</?tr>|</?thead>|astro-island|rows=\{\[|headings=\{\[[^\]]*\]",
    re.MULTILINE,
)


def flip_anywhere(subject: Subject, rng: random.Random) -> Mutated | None:
    """One to three bytes flip outside the model's rows, to any value."""
    data = bytearray(subject.text.encode())
    own = own_rows(subject, subject.text) if len(data) == len(subject.text) else None
    if own is None:
        own = [
            (len(subject.text[:a].encode()), len(subject.text[:b].encode())) for a, b in own_rows(subject, subject.text)
        ]
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data))
        if not any(a - 2 <= at <= b + 2 for a, b in own):
            data[at] = rng.randrange(256) if rng.random() < 0.5 else data[at] ^ (1 << rng.randrange(8))
    return unless_named(subject, Mutated(data=bytes(data), allowed=subject.kept))


def hole(subject: Subject, rng: random.Random) -> Mutated | None:
    """A piece of the page is missing in the middle; it begins and ends outside the model's rows.

    A piece that begins inside one row or section and ends inside another joins them to one that nobody can tell
    from a true one; a transfer does not lose such pieces silently, so that is left out. So a model that
    stands in another tier's table alone loses no piece and no two marks: without them it would be a standard one.
    """
    text, own = subject.text, own_rows(subject, subject.text)
    start = rng.randrange(len(text))
    end = min(len(text), start + rng.choice((5, 50, 300, 1500, 6000)))
    if any(a <= start <= b or a <= end <= b for a, b in own) or subject.provider == "openrouter":
        return None
    left = [s for s in subject.stated if not (start <= s.figure[0] and s.figure[1] <= end)]
    named = all(not start <= s.name[0] < end for s in left)
    if subject.stated and not left:
        return None  # what is left of the section around it may be joined to another one's table
    return changed(subject, [(start, end, "")], subject.kept if left and named else REFUSED)


def twice(subject: Subject, rng: random.Random) -> Mutated | None:
    """Two flips in frames, labels or headers, or two lines that go."""
    first = rng.choice((flip_frame, lines))(subject, rng)
    if first is None:
        return None
    text = first.data.decode("utf-8", errors="replace")
    spots = [m.span() for m in re.finditer(_FRAME, text)]
    spots = [(a, b) for a, b in spots if text[a:b] in subject.text]
    own = [text.find(subject.text[a:b]) for a, b in own_rows(subject, subject.text)]
    if not spots or -1 in own:
        return None
    start, end = rng.choice(spots)
    rows = [subject.text[a:b] for a, b in own_rows(subject, subject.text)]
    if any(text[start:end] in row or row in text[start:end] for row in rows):
        return None
    again = text[:start] + text[end:] if rng.random() < 0.5 else _flipped(text, rng.randrange(start, end), rng)
    return unless_named(subject, Mutated(data=again.encode(), allowed=subject.kept))


# ---------------------------------------------------------------------------------------------- encodings


def encoding(subject: Subject, rng: random.Random) -> Mutated | None:
    """The same page in other bytes: what every reader of it sees alike is read, what is no UTF-8 page is not."""
    text, data = subject.text, subject.text.encode()
    way = rng.randrange(10)
    if way == 0:
        return Mutated(data=b"\xef\xbb\xbf" + data, allowed=subject.same)
    if way == 1:
        return Mutated(data=text.replace("\r\n", "\n").replace("\n", "\r\n").encode(), allowed=subject.same)
    if way == 2:
        return Mutated(data=gzip.compress(data, 1), allowed=REFUSED)
    if way in (3, 4):
        return Mutated(data=text.encode(("utf-16", "utf-32")[way - 3]), allowed=REFUSED)
    if way == 5:
        return Mutated(data=text.encode("latin-1", errors="replace"), allowed=subject.kept)
    if way == 6:
        return Mutated(data=data[len(data) // 2 :] + data[: len(data) // 2], allowed=subject.kept)
    marks = {7: "\u200b", 8: "\u00ad", 9: "\u2060"}
    edits = [(each.figure[0] + 1, each.figure[0] + 1, marks[way]) for each in subject.stated]
    return changed(subject, edits, subject.kept) if edits else None
