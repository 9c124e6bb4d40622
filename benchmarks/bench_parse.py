"""How long it takes to read one large pricing page, beside a bare parse of the same bytes.

Run `python benchmarks/bench_parse.py`. The page is the recorded 500 kB one of OpenAI where `../shared/data` is there,
else one of that size made here. The baseline, `selectolax bare parse`, only builds the tree: the least any reader pays.
Prints medians in milliseconds; asserts nothing.
"""

import json
from datetime import date
from html import escape
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser
from timing import median_ms

from oracle_node.sources import Price, read
from oracle_node.sources.page import look, read_page

ROOT = Path(__file__).parents[1]
RECORDED = ROOT.parent / "shared" / "data" / "pricing_pages" / "openai" / "2026-08-21.html"
MODEL, ON, ROUNDS = "gpt-4.1", date(2026, 8, 21), 30
SIZE = 500_000


def made_page() -> bytes:
    """A page of our own with one island of 60 models and menus around it, about as large as the recorded one."""
    rows = [[1, [[0, name], [0, 2], [0, 0.5], [0, 8]]] for name in (MODEL, *(f"house-{i}" for i in range(59)))]
    props = escape(json.dumps({"tier": [0, "standard"], "rows": [1, rows]}))
    entry = '<li class="menu-entry flex items-center gap-2"><a href="/docs/{0}"><span>Guide number {0}</span></a></li>'
    menu = "".join(entry.format(i) for i in range(SIZE // len(entry)))
    island = f'<astro-island component-export="TextTokenPricingTables" props="{props}"></astro-island>'
    body = f"<ul>{menu}</ul><h1>Pricing</h1><h2>Models</h2><small>Prices per 1M tokens.</small>{island}"
    return f'<!doctype html><html lang="en"><body>{body}</body></html>'.encode()


def main() -> None:
    """Measure and print."""
    recorded = RECORDED.is_file()
    data = RECORDED.read_bytes() if recorded else made_page()
    text = data.decode()

    def cold() -> None:
        look.cache_clear()
        read_page.cache_clear()
        if not isinstance(read("openai", data, MODEL, ON), Price):
            raise SystemExit(f"{MODEL} has no price on the page")

    bare = median_ms(lambda: LexborHTMLParser(text), ROUNDS)
    first = median_ms(cold, ROUNDS)
    again = median_ms(lambda: read("openai", data, MODEL, ON), ROUNDS)
    print(f"page: {'recorded' if recorded else 'made here'}, {len(data):,} bytes; medians of {ROUNDS}")
    print(f"{'selectolax bare parse (baseline)':<36}{bare:>9.2f} ms")
    print(f"{'ifx first model of a page':<36}{first:>9.2f} ms  {first / bare:>6.1f} x baseline")
    print(f"{'ifx next model of the same page':<36}{again:>9.2f} ms  {again / bare:>6.1f} x baseline")


if __name__ == "__main__":
    main()
