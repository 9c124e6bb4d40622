"""Which numbers a text states, section by section: what the ledger has to account for.

Numerals and number words count. What only names something does not: citations, numbers of tables, figures, equations
and list items, names of models and of chips, `S_0`, and the "1M" of the unit.
"""

import re
from collections import Counter
from typing import Final

_HEADING: Final = re.compile(r"^(?P<number>\d(?:\.\d)?) [A-Z][^\t]*$|^(?P<name>Abstract|References)\b")
_NUMERAL: Final = re.compile(r"(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?")
_WORD: Final = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|twice|double|half|zero|"
    r"one-third|one-trillion|one trillion|one million)\b",
    re.IGNORECASE,
)
_NAMES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"\[\d+(?:, ?\d+)*\]",  # citations
        r"\b(?:Table|Figure|Stage|Phase|Version) \d",
        r"\\quad \(\d+\)",  # equations
        r"\(\d\) (?=\*)|^\d\. (?=\*\*)|^- (?=)",  # list items
        r"^\d\t(?=Now|Q1|2028)",  # stages of the roadmap
        r"\b(?:GPT|gpt)-\d(?:\.\d)?o?(?:/\d\.\d)*",
        r"(?:Claude Opus|Gemini|DeepSeek V|Llama) ?\d(?:\.\d)?",
        r"\b[AHB]\d00\b|\bRTX 5090\b|\ba16z\b",
        r"S_0|/1M\b|\b1M (?=output|out\b)",
    )
)


def sections(text: str) -> dict[str, str]:
    """The text of each section by its number; what stands before the first heading is the "Title"."""
    found: dict[str, list[str]] = {"Title": []}
    place = "Title"
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            place = heading["number"] or heading["name"]
            found[place] = [line[heading.end() :]] if heading["name"] else []
        else:
            found[place].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def numbers(text: str) -> Counter[str]:
    """How often each number is stated, as it is written; words in lower case."""
    kept = []
    for line in text.splitlines():
        for name in _NAMES:
            line = name.sub(" ", line)
        kept.append(line)
    rest = "\n".join(kept)
    return Counter(_NUMERAL.findall(rest)) + Counter(word.lower() for word in _WORD.findall(rest))
