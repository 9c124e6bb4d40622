"""An HTTP provider that gives each request so many seconds in all, however slowly the node sends its answer."""

from __future__ import annotations

from threading import Thread
from time import monotonic
from typing import Any

from requests import Session
from requests.exceptions import ContentDecodingError, Timeout
from web3 import HTTPProvider
from web3.types import RPCEndpoint, RPCResponse

MOST_BYTES = 64 * 1024 * 1024
"""Of one answer; the logs of a long range are a few of them."""
_CHUNK = 8192
_GRACE_SECONDS = 1
"""How much longer a reader may take than its socket, so that the socket's own reason is told where there is one."""


class DeadlineProvider(HTTPProvider):
    """web3's HTTP provider, except that a request ends when its time is over, and is never repeated.

    A socket's own timeout begins anew with every byte, so that a node which sends one at a time would hold its client
    for hours: the reader is a thread of its own, left behind when the time is over.
    """

    def __init__(self, url: str, seconds: int) -> None:
        """`seconds` for each request, from connecting to the answer's last byte. Does no I/O."""
        # A broadcast that is repeated unseen would answer "already known" to its own first try: retries are ours.
        super().__init__(url, exception_retry_configuration=None)
        self._url = url
        self._seconds = seconds
        self._session = Session()

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One request. Raises `requests.Timeout` when its time is over, and what requests raises."""
        return self.decode_rpc_response(self._within_time(self.encode_rpc_request(method, params)))

    def _within_time(self, request: bytes) -> bytes:
        answers: list[bytes] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                answers.append(self._post(request))
            except BaseException as error:  # noqa: BLE001 - not swallowed: the caller raises it
                errors.append(error)

        reader = Thread(target=work, name="JSON-RPC request", daemon=True)
        reader.start()
        reader.join(self._seconds + _GRACE_SECONDS)
        for error in errors:
            raise error
        if not answers:
            raise Timeout(f"no whole answer within {self._seconds} s")
        return answers[0]

    def _post(self, request: bytes) -> bytes:
        deadline = monotonic() + self._seconds
        headers = self.get_request_headers()
        with self._session.post(
            self._url, data=request, headers=headers, timeout=self._seconds, stream=True
        ) as response:
            response.raise_for_status()
            body = bytearray()
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > MOST_BYTES:
                    raise ContentDecodingError(f"an answer of more than {MOST_BYTES} bytes")
                if monotonic() > deadline:
                    raise Timeout(f"no whole answer within {self._seconds} s")
            return bytes(body)
