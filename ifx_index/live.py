"""Asking OpenRouter: one bounded GET each, and an answer that is whole and is what was asked for, or a refusal.

What comes back are the bytes as they came: they are recorded, and everything is computed from the recording.
"""

from dataclasses import dataclass
from datetime import date
from threading import Thread
from time import monotonic
from typing import Final

import httpx

from ifx_index.errors import BadAnswer, BadInput
from ifx_index.model import Model

BASE: Final = "https://openrouter.ai/api/v1"
MAX_BYTES: Final = 32 * 2**20
"""No answer is longer; the longest that was recorded has about 2 MB."""
TIMEOUT_SECONDS: Final = 60
"""For a whole answer."""
_GRACE_SECONDS: Final = 1
"""How much longer a reader may take than its sockets, so that their own reason is told where there is one."""

_KEY: Final = "Put a key of OpenRouter's API into OPENROUTER_API_KEY; any valid one reads the data sets."
_CURES: Final = {
    httpx.codes.UNAUTHORIZED: _KEY,
    httpx.codes.FORBIDDEN: _KEY,
    httpx.codes.NOT_FOUND: "It is not there: leave it out, or check its name.",
    httpx.codes.TOO_MANY_REQUESTS: "The source asks for fewer requests: wait some minutes, then ask again.",
}


@dataclass(frozen=True, kw_only=True)
class OpenRouter:
    """The source, as a client of ours sees it."""

    client: httpx.Client
    """Connections; the caller closes it."""

    base: str = BASE
    """Address in front of every path."""

    max_bytes: int = MAX_BYTES
    """Most bytes of an answer, decompressed."""

    timeout_seconds: int = TIMEOUT_SECONDS
    """Most seconds of an answer."""

    def models(self) -> bytes:
        """The models list with today's prices. Raises BadAnswer."""
        return self._get("/models")

    def activity(self, day: date, key: str) -> bytes:
        """The official daily dataset of one UTC day. Raises BadAnswer, and BadInput for a key that cannot be one."""
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise BadInput("OPENROUTER_API_KEY", "it holds no key", cure=_KEY)
        query = f"?start_date={day.isoformat()}&end_date={day.isoformat()}"
        return self._get("/datasets/rankings-daily", query=query, headers={"Authorization": f"Bearer {key}"})

    def offers(self, model: Model) -> bytes:
        """What providers ask for one model. Raises BadAnswer."""
        return self._get(f"/models/{model}/endpoints")

    def _get(self, path: str, *, query: str = "", headers: dict[str, str] | None = None) -> bytes:
        """GET one path. A redirect is refused: it could take the key elsewhere. Refusals never show query or key.

        A socket's own timeout begins anew with every byte, so that a server which sends one at a time would hold its
        reader for days: the reader is a thread of its own, left behind when the time is over.
        """
        url = f"{self.base}{path}"
        asked = {"User-Agent": "ifx-index", "Accept": "application/json", "Accept-Encoding": "gzip", **(headers or {})}
        answers: list[bytes] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                answers.append(self._read(url, query, asked))
            except BaseException as error:  # noqa: BLE001 - not swallowed: the caller raises it
                errors.append(error)

        reader = Thread(target=work, name=f"ask {url}", daemon=True)
        reader.start()
        reader.join(self.timeout_seconds + _GRACE_SECONDS)
        for error in errors:
            raise error
        if not answers:
            raise BadAnswer(url, f"no whole answer within {self.timeout_seconds} s")
        return answers[0]

    def _read(self, url: str, query: str, headers: dict[str, str]) -> bytes:
        try:
            with self.client.stream(
                "GET", url + query, headers=headers, timeout=self.timeout_seconds, follow_redirects=False
            ) as answer:
                self._hold(url, answer)
                return self._body(url, answer)
        except httpx.TimeoutException as error:
            raise BadAnswer(url, f"no answer within {self.timeout_seconds} s") from error
        except httpx.HTTPError as error:
            raise BadAnswer(url, f"it broke off: {type(error).__name__}") from error
        except httpx.InvalidURL as error:
            raise BadAnswer(url, "it is no address", cure=_CURES[httpx.codes.NOT_FOUND]) from error

    def _hold(self, url: str, answer: httpx.Response) -> None:
        """Refuse by status and headers, before a byte of the body is read."""
        if answer.is_redirect:
            raise BadAnswer(url, f"it redirects ({answer.status_code})", cure="Look whether the source has moved.")
        if answer.status_code != httpx.codes.OK:
            why = f"status {answer.status_code} {answer.reason_phrase}".rstrip()
            raise BadAnswer(url, why, cure=_CURES.get(httpx.codes(answer.status_code)) if _known(answer) else None)
        length = answer.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > self.max_bytes:
            raise BadAnswer(url, f"it is of {length} bytes, more than {self.max_bytes}")

    def _body(self, url: str, answer: httpx.Response) -> bytes:
        deadline = monotonic() + self.timeout_seconds
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > self.max_bytes:
                raise BadAnswer(url, f"it is longer than {self.max_bytes} bytes")
            if monotonic() > deadline:
                raise BadAnswer(url, f"no whole answer within {self.timeout_seconds} s")
        kind = answer.headers.get("Content-Type", "")
        if "html" in kind or body.lstrip()[:1] == b"<":
            raise BadAnswer(url, "it is a page, not JSON: a challenge, or a notice")
        return bytes(body)


def _known(answer: httpx.Response) -> bool:
    return answer.status_code in set(httpx.codes)
