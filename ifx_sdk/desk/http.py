"""How a program speaks to a desk: signs in by itself, repeats what got no answer, and never does a write twice.

Every write has an idempotency key that stays the same however often it is sent; the desk does it once and answers the
same again. Reads and writes are repeated where no answer came or where the desk says that it is not able now.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from ifx_sdk.desk.errors import (
    REFUSALS,
    BadAnswer,
    BadField,
    DeskFailure,
    DeskRefusal,
    NoAnswer,
    NotSignedIn,
    TooManyRequests,
    Untrue,
    WriteUnknown,
)
from ifx_sdk.desk.shapes import Model
from ifx_sdk.errors import BadFile, BadValue
from ifx_sdk.sign_in import SignIn
from ifx_sdk.strict_json import loads

if TYPE_CHECKING:
    import httpx

    from ifx_sdk.signers import Signer

M = TypeVar("M", bound=Model)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
ATTEMPTS: Final = 5
"""How often a request is sent at most."""
TIMEOUT_SECONDS: Final = 30
"""How long one answer may take."""
MAX_BYTES: Final = 32 * 2**20
"""A longer answer is no desk's."""
_AGAIN: Final = frozenset({429, 502, 503, 504})
"""Statuses after which the same request is sent again."""
_LONGEST_PAUSE: Final = 10
"""Seconds between two attempts at most; a desk that asks for a longer pause is told to the caller."""
_PROBLEM: Final = "urn:ifx:desk:"

Params = Mapping[str, "str | int | None"]


class DeskHttp:
    """One desk's HTTP for one account. Construction does no I/O. Not for several threads at once."""

    def __init__(
        self,
        url: str,
        signer: Signer | None = None,
        *,
        token: str | None = None,
        chain_id: int | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout_seconds: int = TIMEOUT_SECONDS,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`chain_id` is what a sign-in must name; `transport` and `sleep` are for tests. Raises `BadValue`."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
            raise BadValue(url, "a desk's URL is http or https, without a password", cure="Write https://desk.example.")
        self.url = url.rstrip("/")
        self._signer, self._token, self._chain_id = signer, token, chain_id
        self._transport, self._timeout, self._attempts, self._sleep = transport, timeout_seconds, attempts, sleep
        self._client: httpx.Client | None = None

    @property
    def account(self) -> str | None:
        """The signer's account; None without one."""
        return None if self._signer is None else self._signer.address

    def close(self) -> None:
        """Give the connections up."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def read(self, path: str, params: Params | None = None, *, public: bool = False) -> bytes:
        """GET. Raises a `DeskRefusal`, `NoAnswer`, `BadAnswer`."""
        return self._signed("GET", path, params=params, public=public).content

    def write(self, method: str, path: str, body: Mapping[str, object] | None = None, key: str | None = None) -> bytes:
        """A write under `key`, or a new one. Raises a `DeskRefusal`, `WriteUnknown`, `BadAnswer`."""
        return self._signed(method, path, body=body or {}, key=key or new_key()).content

    def sign_in(self) -> bytes:
        """A new session for the signer's account, kept here. Raises `NotSignedIn` without a signer, `Untrue`."""
        from ifx_sdk.desk.requests import SignInMessage

        if self._signer is None:
            raise NotSignedIn("nobody is signed in, and there is no signer", status=401)
        answer = self._send("GET", "/session/message", params={"account": self._signer.address})
        text = parsed(SignInMessage, answer.content, self.url).message
        signature = self._signer.sign_digest(self.hold_message(text, self._signer.address).digest())
        return self.sign_in_with(text, signature)

    def sign_in_with(self, message: str, signature: bytes) -> bytes:
        """A session by a message's signature, which may come from elsewhere; kept here."""
        from ifx_sdk.desk.requests import SignedIn

        body = {"message": message, "signature": "0x" + signature.hex()}
        # Not repeated: a message is good for one session, and a new one costs nothing.
        content = self._send("POST", "/session", body=body, attempts=1).content
        self._token = parsed(SignedIn, content, self.url).token
        return content

    def sign_out(self, *, everywhere: bool = False) -> None:
        """End the session, here and at the desk; there all of the account's where it is `everywhere`."""
        if self._token is not None:
            path = "/session?everywhere=true" if everywhere else "/session"
            self._send("DELETE", path, headers={"Authorization": f"Bearer {self._token}"})
            self._token = None

    def hold_message(self, text: str, account: str) -> SignIn:
        """A sign-in message that is this desk's and this account's: what another site collects is not signed.

        Raises `Untrue`, `BadValue`.
        """
        found, parts = SignIn.parse(text), urlsplit(self.url)
        for what, said, here in (
            ("the site that is signed in to", found.domain, parts.netloc),
            ("the URL that is signed in to", found.uri, self.url),
            ("the account that signs in", found.account, account),
            ("the chain that is signed in for", found.chain_id, self._chain_id or found.chain_id),
        ):
            if said != here:
                raise Untrue(what, said, here)
        return found

    def _signed(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Mapping[str, object] | None = None,
        key: str | None = None,
        public: bool = False,
    ) -> httpx.Response:
        """With a session, and once more with a new one where that is over: a refused request did nothing."""
        if not public and self._token is None:
            self.sign_in()
        for last in (public or self._signer is None, True):
            headers = {} if public else {"Authorization": f"Bearer {self._token}"}
            headers |= {} if key is None else {"Idempotency-Key": key}
            try:
                return self._send(method, path, params=params, body=body, headers=headers, key=key)
            except NotSignedIn:
                self._token = None
                if last:
                    raise
                self.sign_in()
        raise AssertionError(path)  # the second turn returns or raises

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        attempts: int | None = None,
    ) -> httpx.Response:
        """Send the same until there is an answer. Raises what the last attempt came to."""
        import httpx

        may_be_done, failure = False, DeskFailure("nothing was sent")
        most = attempts or self._attempts
        for attempt in range(most):
            try:
                answer = self._opened().request(
                    method,
                    f"{self.url}/api{path}",
                    params={name: value for name, value in (params or {}).items() if value is not None},
                    json=body,
                    headers=dict(headers or {}),
                )
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = NoAnswer(self.url, _line(error))
            except (httpx.TransportError, httpx.DecodingError) as error:
                failure, may_be_done = NoAnswer(self.url, _line(error)), True
            else:
                if answer.is_success and len(answer.content) <= MAX_BYTES:
                    return answer
                failure = refusal(answer, self.url)
                may_be_done = may_be_done or not isinstance(failure, DeskRefusal)
                if answer.status_code not in _AGAIN:
                    break
            if attempt + 1 < most and not self._pause(attempt, failure):
                break
        if key is not None and may_be_done:
            raise WriteUnknown(self.url, key, failure.what) from failure
        raise failure

    def _pause(self, attempt: int, failure: DeskFailure) -> bool:
        """Wait before the next attempt; False where the desk asks for longer than a program should hang."""
        if isinstance(failure, TooManyRequests) and failure.retry_after > _LONGEST_PAUSE:
            return False
        asked = failure.retry_after if isinstance(failure, TooManyRequests) else 0
        # Spread out: what failed together does not come back together.
        self._sleep(asked or min(_LONGEST_PAUSE, 0.25 * 2**attempt) * random.uniform(0.5, 1))  # noqa: S311
        return True

    def _opened(self) -> httpx.Client:
        if self._client is None:
            import httpx

            self._client = httpx.Client(transport=self._transport, timeout=self._timeout, follow_redirects=False)
        return self._client


def new_key() -> str:
    """An idempotency key: 32 letters and digits at random."""
    return secrets.token_hex(16)


class Page(Protocol[T_co]):
    """Part of a list."""

    @property
    def items(self) -> tuple[T_co, ...]:
        """Its rows."""

    @property
    def next(self) -> str | None:
        """Where the next part begins."""


def pages(fetch: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Every row of a list that comes in pages; `fetch` takes where a page begins."""
    after = None
    while True:
        page = fetch(after)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def refusal(answer: httpx.Response, url: str) -> DeskFailure:
    """What an answer that is no success says."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind != "application/problem+json":
        return BadAnswer(url, f"status {answer.status_code} and {kind or 'no type'}")
    try:
        found: Any = loads(answer.content, url, BadFile)
        slug, title = str(found["type"]).removeprefix(_PROBLEM), str(found["title"])
    except (BadFile, KeyError, TypeError):
        return BadAnswer(url, f"status {answer.status_code} and a problem that cannot be read")
    made = REFUSALS.get(slug, DeskRefusal)(title, status=answer.status_code, cure=str(found.get("cure", "")))
    if isinstance(made, BadField):
        made.field = str(found.get("field", ""))
    if isinstance(made, TooManyRequests):
        wait = answer.headers.get("retry-after", "")
        made.retry_after = int(wait) if wait.isdigit() and len(wait) < 7 else 1
    return made


def parsed(model: type[M], content: bytes, url: str) -> M:
    """An answer as its model. Raises `BadAnswer` naming the field."""
    from pydantic import ValidationError

    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadAnswer(url, f"{model.__name__} {place}: {first['msg']}".strip()) from error


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__} {error}".split())[:200]
