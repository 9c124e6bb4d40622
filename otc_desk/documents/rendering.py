"""Drawing pages takes a second of a processor: one at a time, and what was drawn lately is kept.

Whoever waits for a page holds one of the server's threads, which every other request needs as well. So few wait at
once, and few of them for one reader: the same paper in six hundred time zones is six hundred papers.
"""

import hashlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from otc_desk.documents.model import Document
from otc_desk.documents.pdf import to_pdf
from otc_desk.errors import NotNow, TooManyRequests

MOST: Final = 8
"""Pages that are drawn or waited for at once."""
MOST_OF_ONE: Final = 2
"""Of them for one reader."""
_AGAIN_SECONDS: Final = 2
_KEPT: Final = 64


class Renderer:
    """Documents to PDF for many who ask at once."""

    def __init__(self) -> None:
        """Empty."""
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._waiting: Counter[str] = Counter()
        self._lock, self._hand = threading.Lock(), threading.Lock()

    def pdf(self, document: Document, reader: str) -> bytes:
        """The document's bytes, drawn once. Raises `TooManyRequests`, `NotNow`; what is known costs nothing."""
        key = hashlib.sha256(repr(document).encode()).hexdigest()
        found = self._kept(key)
        if found is None:
            with self._place(reader), self._hand:
                found = self._kept(key) or to_pdf(document)
        with self._lock:
            self._known[key] = found
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def _kept(self, key: str) -> bytes | None:
        with self._lock:
            return self._known.get(key)

    @contextmanager
    def _place(self, reader: str) -> Iterator[None]:
        """One of the places to wait in."""
        with self._lock:
            if self._waiting[reader] >= MOST_OF_ONE:
                raise TooManyRequests(_AGAIN_SECONDS)
            if self._waiting.total() >= MOST:
                raise NotNow("too many documents are being drawn")
            self._waiting[reader] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[reader] -= 1
                self._waiting += Counter()  # forgets who waits for nothing
