"""What a desk says of its participants and of their requests."""

from __future__ import annotations

from typing import Literal

from ifx_sdk.desk.shapes import Model, Price, Side

RequestState = Literal[
    "draft",
    "submitted",
    "checked",
    "rejected",
    "matched",
    "terms_sent",
    "approved_by_one",
    "approved_by_both",
    "booked",
    "expired",
    "withdrawn",
]
"""Where a request stands."""


class SignInMessage(Model):
    """What a wallet signs to sign in."""

    schema_name = "Message"
    message: str
    """An EIP-4361 message; `ifx_sdk.sign_in.SignIn.parse` reads it."""


class SignedIn(Model):
    """A session."""

    schema_name = "SignedIn"
    account: str
    """Who signed in, checksummed."""
    token: str | None
    """Bearer token."""
    csrf: str
    """For pages alone."""
    expires_at: int
    """Unix seconds UTC."""


class Whoami(Model):
    """Who is signed in."""

    schema_name = "Whoami"
    account: str
    """Checksummed."""
    operator: bool
    """Whether it may check requests and confirm matches."""
    csrf: str
    """For pages alone."""


class Profile(Model):
    """What the desk knows of an account; of this the other side of terms reads the name alone."""

    schema_name = "ProfileOut"
    account: str
    """Checksummed."""
    name: str
    """Legal name."""
    email: str
    """Where notices go once it is confirmed; empty for none."""
    email_confirmed_at: int | None
    """When it was confirmed by the code that was mailed there, unix seconds UTC; None: not yet."""
    webhook: str
    """URL that notices are posted to; empty for none."""
    webhook_secret: str
    """Standard Webhooks secret that they are signed with."""
    webhook_off_at: int | None
    """When the desk gave the webhook up, unix seconds UTC; None while it is posted to."""
    zone: str
    """IANA time zone that notices show beside UTC; empty for UTC alone."""
    created_at: int
    """First sign-in, unix seconds UTC."""


class Request(Model):
    """A request for a forward, as its author reads it."""

    schema_name = "RequestOut"
    id: str
    """26 characters."""
    side: Side
    """`long` receives when the price rises."""
    underlying: str
    """`provider/model-id`."""
    quantity: int
    """Mtok. A matched part keeps the id; the rest is a new request."""
    months: int | None
    """Tenor from the day of the final terms; None where a day is named."""
    maturity: int
    """Unix seconds UTC."""
    averaging_days: int
    """Days in the settlement price's mean."""
    limit_price: Price | None
    """The worst price that its author takes; None: the day's indicative price."""
    valid_until: int
    """Last second of its validity, unix seconds UTC."""
    contact: str
    """For the operator."""
    state: RequestState
    """Where it stands."""
    reason: str
    """Why it was rejected or came back; else empty."""
    parent: str | None
    """The request whose remainder it is."""
    family: str
    """The request that it was a part of at first."""
    agreement: str | None
    """Id of the newest agreement made for it."""
    created_at: int
    """Unix seconds UTC."""
    updated_at: int
    """Unix seconds UTC."""


class RequestPage(Model):
    """A page of requests, newest first."""

    schema_name = "RequestPage"
    items: tuple[Request, ...]
    """The requests."""
    next: str | None
    """`after` of the next page; None on the last one."""
