"""Screens as pictures: an SVG of device screens, and the same as text for a terminal. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from scripts.descriptors.examples import Example

WIDTH, GAP, PADDING = 330, 30, 18
"""Pixels: a device's width, what lies between two, and what lies between its edge and its text."""
LINE, ROW_GAP, HEAD, FOOT = 18, 10, 92, 62
"""Pixels: a line of text, what lies between two rows, and what is above and below them."""
CHARACTERS = 36
"""A line of a value holds this many."""
COLUMNS = 3
BETWEEN = 64
"""Pixels between two devices of a column, the lower one's caption included."""

INK, GREY, RULE, PAPER, CASE, ACCENT = "#1f2328", "#59636e", "#d0d7de", "#ffffff", "#24292f", "#0a7d4f"


def as_text(example: Example) -> str:
    """One screen for a terminal."""
    screen = example.screen
    rule = "-" * 72
    rows = (f"  {label:<22}{value}" for label, value in screen.rows)
    return "\n".join([rule, f"{example.name}   [{screen.kind}, {screen.contract}]", screen.intent, *rows])


def as_svg(chosen: Sequence[Example]) -> str:
    """Device screens in columns, each next one where there is most room."""
    bottoms = [56] * COLUMNS
    placed = []
    for example in chosen:
        column = bottoms.index(min(bottoms))
        placed.append("\n".join(_device(example, GAP + column * (WIDTH + GAP), bottoms[column])))
        bottoms[column] += height(example) + BETWEEN
    width, bottom = GAP + COLUMNS * (WIDTH + GAP), max(bottoms) - BETWEEN + GAP
    title = "What a wallet shows for IFX messages and calls. Example: GPT-4.1, 1T tokens, spot 8.00, price 7.45"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom}" font-size="13" role="img" '
        "aria-labelledby=\"title\" font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\">"
    )
    return "\n".join(
        [
            head,
            f'  <title id="title">{escape(title)}</title>',
            f'  <rect width="{width}" height="{bottom}" rx="10" fill="#f6f8fa" stroke="{RULE}"/>',
            *placed,
            "</svg>",
            "",
        ]
    )


def height(example: Example) -> int:
    """Pixels that a device is high."""
    lines = sum(1 + len(wrapped(value)) for _, value in example.screen.rows)
    return HEAD + lines * LINE + len(example.screen.rows) * ROW_GAP + FOOT


def wrapped(value: str) -> list[str]:
    """A value in lines: sentences broken between words, what is longer than a line in equal parts."""
    lines = [""]
    for word in value.split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= CHARACTERS:
            lines[-1] = joined
            continue
        part = -(-len(word) // -(-len(word) // CHARACTERS))
        pieces = [word[at : at + part] for at in range(0, len(word), part)]
        lines = [*lines, *pieces] if lines[-1] else [*lines[:-1], *pieces]
    return lines


def _device(example: Example, x: int, y: int) -> Iterator[str]:
    screen, high = example.screen, height(example)
    yield f'  <g transform="translate({x} {y})">'
    yield f'    <text x="2" y="-12" fill="{GREY}" font-weight="600">{escape(example.name)}</text>'
    yield f'    <rect x="-6" y="-2" width="{WIDTH + 12}" height="{high + 4}" rx="18" fill="{CASE}"/>'
    yield f'    <rect x="2" y="6" width="{WIDTH - 4}" height="{high - 12}" rx="12" fill="{PAPER}"/>'
    verb = "Review message" if screen.kind == "message" else "Review transaction"
    yield f'    <text x="{PADDING}" y="32" fill="{GREY}" font-size="12">{verb}</text>'
    yield f'    <text x="{PADDING}" y="54" fill="{INK}" font-size="16" font-weight="700">{escape(screen.intent)}</text>'
    yield f'    <text x="{PADDING}" y="73" fill="{GREY}" font-size="12">{escape(screen.contract)}</text>'
    yield f'    <line x1="{PADDING}" x2="{WIDTH - PADDING}" y1="{HEAD - 8}" y2="{HEAD - 8}" stroke="{RULE}"/>'
    at = HEAD + LINE - 6
    for label, value in screen.rows:
        yield f'    <text x="{PADDING}" y="{at}" fill="{GREY}" font-size="12">{escape(label)}</text>'
        for line in wrapped(value):
            at += LINE
            yield (
                f'    <text x="{PADDING}" y="{at}" fill="{INK}" font-family="ui-monospace, \'DejaVu Sans Mono\', '
                f'monospace">{escape(line)}</text>'
            )
        at += LINE + ROW_GAP
    middle = WIDTH // 2
    yield f'    <rect x="{PADDING}" y="{high - 54}" width="{WIDTH - 2 * PADDING}" height="34" rx="17" fill="{CASE}"/>'
    button = f'x="{middle}" y="{high - 32}" fill="#ffffff" text-anchor="middle" font-weight="600"'
    yield f"    <text {button}>Hold to sign</text>"
    yield "  </g>"
