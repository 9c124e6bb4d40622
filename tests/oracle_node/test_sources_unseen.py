"""Tables that no reader of the page sees, digits that are no ASCII digits, and pages built to be slow: no price."""

import time
from datetime import date
from pathlib import Path

import pytest

from oracle_node.sources import SOURCES, Price, Reason, Refusal, read

ON = date(2026, 7, 20)
HEAD = "| Model | Input | Output |\n| --- | --- | --- |\n"
SEEN = f"# Claude pricing\n\n{HEAD}| Claude Seen 1 | $1 / MTok | $5 / MTok |\n\n"
UNSEEN = f"{HEAD}| Claude Unseen 1 | $1 / MTok | $7 / MTok |\n"
ROW = (
    "<tr><th>Model</th><th>Input</th><th>Output</th></tr>"
    "<tr><td>Claude {}</td><td>$1 / MTok</td><td>$7 / MTok</td></tr>"
)
TABLE = f"<table>{ROW.format('Unseen 1')}</table>"
MEGABYTES = 20_000_000


def reading(page: str, model: str = "Claude Unseen 1") -> str:
    """The price or the reason of the refusal."""
    got = read("anthropic", page.encode(), model, ON)
    return got.usd_per_mtok if isinstance(got, Price) else str(got.reason)


def document(body: str) -> str:
    """A whole page with a table that is seen and `body` behind it."""
    return f"<!doctype html><html lang='en'><body><h1>Claude pricing</h1><table>{ROW.format('Seen 1')}</table>{body}"


WRAPPINGS = [
    ("<!--", "-->"),
    ("<script>", "</script>"),
    ("<script type='text/x'>", "</script>"),
    ("<template>", "</template>"),
    ("<del>", "</del>"),
    ("<s>", "</s>"),
    ("<noscript>", "</noscript>"),
]


@pytest.mark.parametrize(
    ("before", "behind"), [*WRAPPINGS, ("<div hidden>", "</div>"), ("<div style='Display : none'>", "</div>")]
)
def test_an_html_table_that_is_not_drawn_is_not_read(before: str, behind: str) -> None:
    """Wrapped out of sight a table gives nothing, beside a seen one or alone; unwrapped it gives its price."""
    assert reading(document(TABLE)) == "7"
    hidden = document(before + TABLE + behind)
    assert reading(hidden) == Reason.NO_SUCH_MODEL
    assert reading(hidden, "Claude Seen 1") == "7"
    assert reading(f"<!doctype html><html><body><p>Claude</p>{before}{TABLE}{behind}</body></html>") == "unknown_layout"
    assert reading(f"<div><p>Claude</p>{before}\n{TABLE}\n{behind}</div>") == "unknown_layout"


@pytest.mark.parametrize("attribute", ["hidden", 'style="display:none"', 'style="color:red; DISPLAY: none"'])
def test_a_hidden_table_is_not_read(attribute: str) -> None:
    """A table that hides itself gives nothing, on an HTML page or inside Markdown."""
    table = TABLE.replace("<table>", f"<table {attribute}>")
    assert reading(document(table)) == Reason.NO_SUCH_MODEL
    assert reading(f"{SEEN}{table}\n") == Reason.NO_SUCH_MODEL
    assert reading(f"{SEEN}{TABLE}\n") == "7"


@pytest.mark.parametrize(
    "pane",
    [
        '<div data-content-switcher-pane data-value="standard" hidden>',
        '<div role="tabpanel" style="display:none">',
        '<div hidden id="S:0">',
    ],
)
def test_a_pane_that_waits_for_its_tab_is_read(pane: str) -> None:
    """A reader opens a tab by a click, and a streamed part is shown once it has come."""
    assert reading(document(f"{pane}{TABLE}</div>")) == "7"


@pytest.mark.parametrize(("before", "behind"), [*WRAPPINGS, ("{/*", "*/}")])
def test_a_markdown_table_that_is_not_drawn_is_not_read(before: str, behind: str) -> None:
    """The same in Markdown, over lines; an opening without an end hides the rest; in code it is text."""
    assert reading(f"{SEEN}{UNSEEN}") == "7"
    wrapped = f"{SEEN}{before}\n\n{UNSEEN}\n{behind}\n"
    assert reading(wrapped) == Reason.NO_SUCH_MODEL
    assert reading(wrapped, "Claude Seen 1") == "5"
    assert reading(f"{wrapped}\n{UNSEEN}") == "7"
    assert reading(f"{SEEN}{before}\n\n{UNSEEN}") == Reason.NO_SUCH_MODEL
    assert reading(f"{SEEN}Write `{before}` so.\n\n```\n{before}\n```\n\n{UNSEEN}") == "7"
    assert reading(f"{SEEN}{before}\n\n{TABLE}\n\n{behind}\n") == Reason.NO_SUCH_MODEL


@pytest.mark.parametrize(
    "digits", ["\u0662\u0665", "\uff12\uff15", "2\u0665", "\u06625", "2\uff15", "\u096825", "2.\u0665"]
)
def test_digits_other_than_ascii_are_refused(digits: str) -> None:
    """A figure in Arabic, full-width or mixed digits is no figure, in a cell, in page data and in a models list."""
    page = f"{SEEN}{HEAD}| Claude Unseen 1 | $1 / MTok | $DIGITS / MTok |\n"
    assert reading(page.replace("DIGITS", "25")) == "25"
    assert reading(page.replace("DIGITS", digits)) in (Reason.NO_PRICE, Reason.WRONG_UNIT, Reason.UNKNOWN_LAYOUT)
    data = (
        f'# Pricing\n\n<Tables tier="standard"\n rows={{[["gpt-x", 1, 0.1, "{digits}"], ["gpt-y", 1, 0.1, "25"]]}} />\n'
    )
    assert isinstance(read("openai", data.encode(), "gpt-y", ON), Price)
    assert isinstance(read("openai", data.encode(), "gpt-x", ON), Refusal)
    assert isinstance(read("openai", data.replace(f'"{digits}"', digits).encode(), "gpt-x", ON), Refusal)
    listed = f'[{{"id": "a/b", "pricing": {{"completion": "{digits}e-6"}}}}]'
    assert isinstance(read("openrouter", listed.encode(), "a/b", ON), Refusal)


SLOW = (
    [
        "|",
        "\n|",
        "x|\n",
        "\n|-|\nx|",
        "|-",
        "<",
        "[",
        "(",
        "`",
        "\n# a",
        "\nrows={[",
        "rows=[[",
        '\ngroups={[{model:"a",',
    ],
    ["<div>", "<table>", "<tr><td>", "<table><tr><td>$1</td></tr></table>", "<p>a</p>", "<s>", "<del>a", "<template>"],
    ["<!--", "{/*", "~~", "&", "![", "[x](", "$1 ", '"\\', '<astro-island props="{}"></astro-island>', "a\n\n", "`a` "],
)


@pytest.mark.parametrize("shape", [shape for family in SLOW for shape in family])
def test_a_page_built_to_be_slow_is_refused_at_once(shape: str) -> None:
    """Whatever 20 MB repeat, the work on them is bounded; processor time, so that a busy machine changes nothing."""
    page = (shape * (MEGABYTES // len(shape))).encode()
    for provider in SOURCES:
        for data in (page, page[:2_900_000]):
            start = time.process_time()
            assert isinstance(read(provider, data, "claude-opus-4-8", ON), Refusal)
            assert time.process_time() - start < 4


def test_one_long_attribute_or_cell_is_refused_at_once() -> None:
    """One thing of 20 MB is no slower than many."""
    for data in (b'<div a="' + b"x" * MEGABYTES + b'">', SEEN.encode() + b"| Claude X | " + b"$1 " * (MEGABYTES // 3)):
        start = time.process_time()
        assert isinstance(read("anthropic", data, "claude-x", ON), Refusal)
        assert time.process_time() - start < 4


def test_recordings_stay_far_below_the_limits() -> None:
    """The limits must never silence a page as it is: no recording reaches a tenth of one."""
    pages = Path(__file__).parents[3] / "shared" / "data" / "pricing_pages"
    if not pages.is_dir():
        pytest.skip("no recorded pages beside this checkout (../shared/data)")
    for path in pages.glob("*/*"):
        text = path.read_text(errors="replace")
        assert text.count("|") < 5_000, path
        assert text.count("\n") < 5_000, path
