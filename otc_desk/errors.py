"""What a desk refuses; leaves of the one tree of `ifx_sdk.errors`. Each has the HTTP status and slug of its problem.

DeskError
├── NotFound              404   also for what is somebody else's
├── NotSignedIn           401
├── NotAllowed            403
├── BadRequest            422   .field
├── WrongState            409   .state
├── KeyReused             422   an idempotency key with another body
├── TooManyRequests       429   .retry_after
├── TooLarge              413
├── NotNow                503   the chain, the oracle or the database does not answer
├── AlreadyWorking              another process books from this database
├── Contradiction         500   what the desk reads in two places does not agree
├── NotMigrated                 a database of another version
├── NoSandbox                   a sandbox that others could reach, or on a chain that is not local
└── BadSettings                 also a BadFile
"""
# ruff: noqa: N818 - an error is named for what is wrong, as in ifx_sdk.errors

from typing import ClassVar

from ifx_sdk.errors import BadFile, IFXError


class DeskError(IFXError):
    """What a desk refuses."""

    status: ClassVar[int] = 400
    """HTTP status of its problem (RFC 9457)."""
    slug: ClassVar[str] = "refused"
    """Last part of its problem's type."""


class BadSettings(DeskError, BadFile):
    """A settings file that a desk does not start with."""

    noun = "settings file"
    cure = "The top of otc_desk/settings.py shows a whole file; a key that is not its own is refused."


class NotFound(DeskError):
    """Nothing of that id, or nothing of this participant's."""

    status = 404
    slug = "not-found"
    cure = "Look at the list of your own; an id of somebody else's is not told from one that does not exist."

    def __init__(self, what: str) -> None:
        """`what` was looked for, such as `request`."""
        super().__init__(f"there is no such {what}")


class NotSignedIn(DeskError):
    """No session, or one that is over."""

    status = 401
    slug = "not-signed-in"
    cure = "Sign in with your wallet: POST /api/session after GET /api/session/nonce."


class NotAllowed(DeskError):
    """Signed in, and not entitled."""

    status = 403
    slug = "not-allowed"
    cure = "Sign in with an account that may do this."


class BadRequest(DeskError):
    """A value that cannot be taken."""

    status = 422
    slug = "bad-request"

    def __init__(self, field: str, why: str, cure: str) -> None:
        """`field` names the value, `why` the rule it breaks."""
        super().__init__(f"{field}: {why}", cure=cure)
        self.field = field


class WrongState(DeskError):
    """Something that can not be done any more, or not yet."""

    status = 409
    slug = "wrong-state"

    def __init__(self, what: str, state: str, cure: str) -> None:
        """`what` was asked for, `state` is what stands against it."""
        super().__init__(f"{what}: it is {state}", cure=cure)
        self.state = state


class KeyReused(DeskError):
    """An idempotency key that was used for another request."""

    status = 422
    slug = "idempotency-key-reused"
    cure = "Draw a new key for each new request; repeat one with the same key and the same body."


class TooManyRequests(DeskError):
    """More requests than one participant may make."""

    status = 429
    slug = "too-many-requests"
    cure = "Wait, then ask again."

    def __init__(self, retry_after: int) -> None:
        """`retry_after` in seconds."""
        super().__init__(f"too many requests: ask again in {retry_after} s")
        self.retry_after = retry_after


class TooLarge(DeskError):
    """A body that is longer than any honest one."""

    status = 413
    slug = "too-large"
    cure = "Send less."


class NotNow(DeskError):
    """What the desk depends on does not answer; nothing was done."""

    status = 503
    slug = "not-now"
    cure = "Ask again later with the same idempotency key."


class Contradiction(DeskError):
    """Two records that must agree do not: nothing is told rather than something wrong."""

    status = 500
    slug = "contradiction"
    cure = "Tell the operator. The escrow's own record governs, and `ifx forward` reads it from the chain."


class AlreadyWorking(DeskError):
    """Two processes that book from one database."""

    cure = "Stop the other one first, or serve without a worker here."


class NotMigrated(DeskError):
    """A database whose tables are not those of this version."""

    cure = "Stop every desk on it, keep a copy, then run `ifx-desk migrate`."


class NoSandbox(DeskError):
    """A sandbox where somebody else could use it, or where money is real."""

    cure = "Leave [sandbox] out of the settings, or serve on 127.0.0.1 before a local node of chain 31337."
