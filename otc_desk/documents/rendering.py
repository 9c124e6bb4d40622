"""Drawing pages takes a second of a processor: one at a time, and what was drawn lately is kept."""

import hashlib
import threading
from collections import OrderedDict
from typing import Final

from otc_desk.documents.model import Document
from otc_desk.documents.pdf import to_pdf

_KEPT: Final = 64


class Renderer:
    """Documents to PDF for many who ask at once."""

    def __init__(self) -> None:
        """Empty."""
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def pdf(self, document: Document) -> bytes:
        """The document's bytes, drawn once."""
        key = hashlib.sha256(repr(document).encode()).hexdigest()
        with self._lock:
            found = self._known.pop(key, None)
            if found is None:
                found = to_pdf(document)
            self._known[key] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found
