"""Prices read again from a bundle's pages, by the page families that oracle nodes use.

They are found by the entry point `pages` of the group `ifx.readers`, because the SDK imports no service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from ifx_sdk.bundle.container import Bundle
from ifx_sdk.errors import MissingExtra
from ifx_sdk.evidence import warc
from ifx_sdk.evidence.errors import DamagedArchive
from ifx_sdk.evidence.window import Answer, Ask

GROUP: Final = "ifx.readers"
"""Entry points of what reads evidence."""

Reader = Callable[[str, bytes, str, date], int | str]
"""Provider, page, model and UTC date to a price in micro-USD per Mtok, or to the reason why there is none."""


class Pages:
    """The pages of one bundle, each unpacked once, each price read once."""

    def __init__(self, bundle: Bundle, reader: Reader | None = None) -> None:
        """Reads nothing yet; `reader` stands in for the installed one."""
        self._bundle = bundle
        self._reader = reader
        self._bodies: dict[str, bytes | Answer] = {}
        self._prices: dict[Ask, Answer] = {}

    @property
    def count(self) -> int:
        """Pages that were unpacked."""
        return sum(1 for each in self._bodies.values() if isinstance(each, bytes))

    def read(self, asks: Iterable[Ask], use: Callable[[str], None]) -> Mapping[Ask, Answer]:
        """Read them again; `use` is told the parts. Raises `MissingExtra` where no reader is installed."""
        found: dict[Ask, Answer] = {}
        for ask in asks:
            if ask not in self._prices:
                self._prices[ask] = self._price(ask)
            found[ask] = self._prices[ask]
            if not found[ask].absent:
                use(page_name(ask.sha256))
        return found

    def _price(self, ask: Ask) -> Answer:
        body = self._body(ask.sha256)
        if isinstance(body, Answer):
            return body
        price = (self._reader or page_reader())(ask.provider, body, ask.model, ask.on)
        return Answer(price=price) if isinstance(price, int) else Answer(why=price)

    def _body(self, sha256: str) -> bytes | Answer:
        if sha256 not in self._bodies:
            name = page_name(sha256)
            if name not in self._bundle.parts:
                self._bodies[sha256] = Answer(why="it is not in the bundle", absent=True)
            else:
                try:
                    self._bodies[sha256] = warc.unpack_page(self._bundle.part(name), Path(name), sha256)
                except DamagedArchive as error:
                    self._bodies[sha256] = Answer(why=error.why)
        return self._bodies[sha256]


def page_name(sha256: str) -> str:
    """The part of a page."""
    return f"pages/{sha256}.warc.gz"


@cache
def page_reader() -> Reader:
    """The installed reader. Raises `MissingExtra`."""
    for point in entry_points(group=GROUP, name="pages"):
        try:
            loaded: Reader = point.load()
        except ModuleNotFoundError as error:
            raise MissingExtra("verify", "reading prices again from pages") from error
        return loaded
    raise MissingExtra("verify", "reading prices again from pages")
