"""Prices read again from the archived pages, for `ifx_sdk.evidence.window`.

Each page is read from the archive and parsed once for a model and day, however many windows rest on it.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from itertools import groupby

from ifx_sdk.evidence.window import Answer, Ask
from oracle_node.archive import Archive
from oracle_node.errors import DamagedArchive, NotArchived
from oracle_node.rereading import read_again

_BODIES = 8
"""Pages kept in memory: a few providers' newest."""
_PRICES = 65_536
"""Prices kept in memory; the oldest go first."""


class PageReader:
    """Prices out of an archive's pages."""

    def __init__(self, archive: Archive) -> None:
        """Reads nothing yet."""
        self._archive = archive
        self._bodies: OrderedDict[str, bytes | Answer] = OrderedDict()
        self._prices: OrderedDict[Ask, Answer] = OrderedDict()
        self.pages_read = 0
        """Pages that were taken from the archive, decompressed and hashed."""

    def read(self, asks: Iterable[Ask]) -> Mapping[Ask, Answer]:
        """Read all of them, page by page. Raises `BadFile` where the archive cannot be read."""
        answers: dict[Ask, Answer] = {}
        for sha256, group in groupby(sorted(set(asks)), key=lambda ask: ask.sha256):
            for ask in group:
                if ask not in self._prices:
                    self._prices[ask] = self._price(ask, self._body(sha256))
                    if len(self._prices) > _PRICES:
                        self._prices.popitem(last=False)
                answers[ask] = self._prices[ask]
        return answers

    def _price(self, ask: Ask, body: bytes | Answer) -> Answer:
        if isinstance(body, Answer):
            return body
        price = read_again(ask.provider, body, ask.model, ask.on)
        return Answer(price=price) if isinstance(price, int) else Answer(why=price)

    def _body(self, sha256: str) -> bytes | Answer:
        if sha256 in self._bodies:
            self._bodies.move_to_end(sha256)
            return self._bodies[sha256]
        self.pages_read += 1
        body: bytes | Answer
        try:
            body = self._archive.page(sha256)
        except NotArchived:
            body = Answer(why="it is not in the archive", absent=True)
        except DamagedArchive as error:
            body = Answer(why=error.why)
        self._bodies[sha256] = body
        if len(self._bodies) > _BODIES:
            self._bodies.popitem(last=False)
        return body
