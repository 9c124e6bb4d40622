"""What goes wrong between a program and a desk; leaves of the one tree of `ifx_sdk.errors`.

DeskFailure
├── DeskRefusal             .status, .slug: the desk said no, and nothing was done; a leaf for each slug in REFUSALS
│   ├── NotThere  NotSignedIn  NotAllowed  WrongState  KeyReused  TooLarge  NotNow  Contradiction  DeskFault
│   ├── BadField            .field; also an InputError
│   ├── TooManyRequests     .retry_after
│   └── RefusedByChain  NotJson  TooSlow  Malformed  NoSuchMethod
├── NoAnswer                no answer to a question, nothing was asked to be done
├── WriteUnknown            .key: no answer to a write, and it may have been done
├── BadAnswer               an answer that is not the desk's
├── Untrue                  .what: the desk says something that does not hold; nothing was signed
├── NoDomain                nothing local to hold a digest against
└── WaitOver                what was waited for did not come
"""
# ruff: noqa: N818 - an error is named for what is wrong, as in ifx_sdk.errors

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from ifx_sdk.errors import IFXError, InputError


class DeskFailure(IFXError):
    """Anything between a program and a desk."""


class DeskRefusal(DeskFailure):
    """The desk said no; nothing was done."""

    slug: ClassVar[str] = ""
    """The last part of the problem's type (RFC 9457)."""

    def __init__(self, title: str, *, status: int = 0, cure: str | None = None) -> None:
        """What the desk says: its `title`, the HTTP `status`, and its `cure` where it gives one."""
        super().__init__(title, cure=cure or None)
        self.status = status


class NotThere(DeskRefusal):
    """Nothing of that id, or nothing of this account's."""

    slug = "not-found"
    cure = "Look at the list of your own; ids of others are not told from ids that do not exist."


class NotSignedIn(DeskRefusal):
    """No session, and no signer to begin one."""

    slug = "not-signed-in"
    cure = "Give the client a signer, or a token of a session that is not over."


class NotAllowed(DeskRefusal):
    """Signed in, and not entitled."""

    slug = "not-allowed"
    cure = "Use an account that may do this."


class BadField(DeskRefusal, InputError):
    """A value that the desk does not take."""

    slug = "bad-request"
    cure = "Change the value that is named."
    field: str = ""
    """The value that is wrong."""


class WrongState(DeskRefusal):
    """It cannot be done any more, or not yet."""

    slug = "wrong-state"
    cure = "Read it again: its state and reason say what can be done."


class KeyReused(DeskRefusal):
    """An idempotency key that was used for another write."""

    slug = "idempotency-key-reused"
    cure = "Leave `key` out for a new write; repeat an old one with its own key and the same values."


class TooManyRequests(DeskRefusal):
    """More than one account or address may ask, also after waiting."""

    slug = "too-many-requests"
    cure = "Wait, then ask again."
    retry_after: int = 0
    """Seconds."""


class TooLarge(DeskRefusal):
    """A body longer than the desk reads."""

    slug = "too-large"
    cure = "Send less."


class NotNow(DeskRefusal):
    """The chain, the oracle or the database behind the desk does not answer."""

    slug = "not-now"
    cure = "Ask again later."


class Contradiction(DeskRefusal):
    """The desk's records and the chain's do not agree."""

    slug = "contradiction"
    cure = "Tell the operator. The escrow's own record governs: `ifx forward` reads it."


class RefusedByChain(DeskRefusal):
    """What the escrow would not take."""

    slug = "refused"
    cure = "Change what the contract refuses."


class NotJson(DeskRefusal):
    """A body that is not said to be JSON."""

    slug = "not-json"
    cure = "Use a client of this version."


class TooSlow(DeskRefusal):
    """A body that took too long to come."""

    slug = "too-slow"
    cure = "Ask again over a better connection."


class Malformed(DeskRefusal):
    """A path or query that is no text."""

    slug = "malformed"
    cure = "Use a client of this version."


class NoSuchMethod(DeskRefusal):
    """A route that the desk does not have so."""

    slug = "no-such-method"
    cure = "Use a client of the desk's version."


class DeskFault(DeskRefusal):
    """A fault of the desk's own."""

    slug = "fault"
    cure = "Ask again later; tell the operator if it stays."


REFUSALS: Mapping[str, type[DeskRefusal]] = MappingProxyType(
    {
        each.slug: each
        for each in (
            NotThere,
            NotSignedIn,
            NotAllowed,
            BadField,
            WrongState,
            KeyReused,
            TooManyRequests,
            TooLarge,
            NotNow,
            Contradiction,
            RefusedByChain,
            NotJson,
            TooSlow,
            Malformed,
            NoSuchMethod,
            DeskFault,
        )
    }
)
"""Slug -> the class that is raised for it; a slug of a newer desk is a plain `DeskRefusal`."""


class NoAnswer(DeskFailure):
    """A question without an answer, however often it was asked."""

    cure = "Check the desk's URL and that it runs."

    def __init__(self, url: str, why: str) -> None:
        """`url` that was asked, `why` in one line."""
        super().__init__(f"{url} does not answer: {why}")


class WriteUnknown(DeskFailure):
    """A write without an answer: it may have been done, or not."""

    cure = "Repeat it with key=error.key and the same values: the desk does it once, however often it is asked."

    def __init__(self, url: str, key: str, why: str) -> None:
        """`key` is the write's idempotency key."""
        super().__init__(f"{url} gave no answer to a write ({why}); its key is {key}")
        self.key = key


class BadAnswer(DeskFailure):
    """An answer that no desk of this version gives."""

    cure = "Check the URL; a proxy may answer in the desk's place, or the desk be of another version."

    def __init__(self, url: str, why: str) -> None:
        """`url` that answered, `why` in one line."""
        super().__init__(f"{url} answers what a desk does not: {why}")


class Untrue(DeskFailure):
    """The desk says something that does not hold; nothing was signed."""

    cure = "Sign nothing of it. Ask the operator, over another channel than the desk, what happened."

    def __init__(self, what: str, said: object, found: object) -> None:
        """`what` the desk `said`, and what was `found` here."""
        super().__init__(f"{what}: the desk says {said}, and it is {found}")


class NoDomain(DeskFailure):
    """Nothing local that a digest could be held against."""

    cure = "Give the client the escrow's domain: Desk(url, signer, domain=escrow_domain(chain_id, escrow))."

    def __init__(self) -> None:
        """The client was made without a domain."""
        super().__init__("the escrow is known from the desk alone, and nothing is signed on the desk's word")


class WaitOver(DeskFailure):
    """What was waited for did not come in time."""

    cure = "Look at it with `ifx inbox`, or wait longer."

    def __init__(self, what: str, seconds: int) -> None:
        """`what` was waited for, `seconds` how long."""
        super().__init__(f"{what} did not come within {seconds} s")
