"""Answers of the market in memory: as bytes, made once for each state of what they are made from."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from fastapi import Response
from pydantic import BaseModel

MAX_AGE_SECONDS: Final = 5
"""How long a browser or a proxy may give an answer without asking again; blocks come every 12 s."""
_MOST: Final = 128
"""Answers that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, ready to be sent."""

    version: Hashable
    """The state that it was made from."""
    body: bytes
    """JSON."""
    etag: str
    """Its hash, as the header has it."""


class MarketCache:
    """The newest answer to each question. Threads may ask at once; one of them makes it, the others wait for it."""

    def __init__(self) -> None:
        """Empty."""
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._guard = threading.Lock()

    def answer(self, question: Hashable, version: Hashable, make: Callable[[], BaseModel]) -> Answer:
        """What is kept where it is of this version; else `make` it. What `make` raises is not kept."""
        found = self._kept(question, version)
        if found is not None:
            return found
        with self._guard:
            making = self._making.setdefault(question, threading.Lock())
        try:
            with making:
                found = self._kept(question, version)
                if found is None:
                    body = make().model_dump_json().encode()
                    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
                    found = Answer(version=version, body=body, etag=etag)
                    self._keep(question, found)
                return found
        finally:
            with self._guard:
                self._making.pop(question, None)

    def _kept(self, question: Hashable, version: Hashable) -> Answer | None:
        with self._guard:
            found = self._answers.get(question)
            return found if found is not None and found.version == version else None

    def _keep(self, question: Hashable, answer: Answer) -> None:
        with self._guard:
            self._answers[question] = answer
            self._answers.move_to_end(question)
            if len(self._answers) > _MOST:
                self._answers.popitem(last=False)


def response_of(answer: Answer, known: str | None) -> Response:
    """The answer, or 304 where the client has it: `known` is its If-None-Match header."""
    headers = {"ETag": answer.etag, "Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
    tags = {tag.strip().removeprefix("W/") for tag in (known or "").split(",")}
    if answer.etag in tags or "*" in tags:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, media_type="application/json", headers=headers)
