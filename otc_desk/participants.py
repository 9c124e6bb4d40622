"""What a participant tells about itself: its name for confirmations, and where notices go."""

import base64
import re
import secrets
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from otc_desk import addresses, events, webhooks
from otc_desk.db.tables import Participant
from otc_desk.errors import BadRequest, NotFound

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"(?=[^@]{{1,64}}@.{{1,253}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*", re.ASCII)
"""RFC 5321's plain form. Without `?`: what looks like an encoded word (RFC 2047) is decoded on its way into a header,
with the line ends, commas and brackets that it hides."""
_SECRET_BYTES: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What its owner can write."""

    name: str
    """Legal name; empty for none."""
    email: str
    """Where notices go once it is confirmed; empty for none."""
    webhook: str
    """URL that notices are posted to; empty for none."""
    zone: str = ""
    """IANA time zone shown beside UTC; empty for UTC alone."""


def participant(session: Session, account: str) -> Participant:
    """Who signed in with an account. Raises `NotFound`."""
    found = session.get(Participant, account)
    if found is None:
        raise NotFound("participant")
    return found


def change(session: Session, account: str, profile: Profile, now: int, *, plain_http: bool, mails: bool) -> Participant:
    """Write a profile. A new webhook gets a new secret, a new address a code. Raises `BadRequest`, `TooManyRequests`.

    `plain_http` lets a webhook be unencrypted, as a desk on a development machine is itself; `mails` says whether the
    desk sends e-mail at all.
    """
    _hold_email(profile.email)
    _hold_webhook(profile.webhook, plain_http=plain_http)
    hold_zone(profile.zone or "UTC")
    row = participant(session, account)
    fields = [name for name in ("name", "email", "webhook", "zone") if getattr(row, name) != getattr(profile, name)]
    if "webhook" in fields:
        row.webhook_secret = new_secret() if profile.webhook else ""
        row.webhook_off_at, row.webhook_failures = None, 0
    if "email" in fields:
        addresses.changed(session, row, profile.email, now, mails=mails)
    row.name, row.webhook, row.zone = profile.name, profile.webhook, profile.zone
    if fields:  # the trail says what was changed, never to what
        detail = {"fields": fields}
        events.record(
            session, at=now, actor=account, object="participant", object_id=account, what="changed", detail=detail
        )
    return row


def new_secret() -> str:
    """A Standard Webhooks secret."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def hold_zone(zone: str) -> None:
    """Refuse what is no time zone. Raises `BadRequest`."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadRequest("zone", "there is no such time zone", "Name one such as Europe/Berlin.") from error


def _hold_email(email: str) -> None:
    if email and not _EMAIL.fullmatch(email):
        raise BadRequest("email", "it is no e-mail address", "Write name@host, or nothing.")


def _hold_webhook(url: str, *, plain_http: bool) -> None:
    if not url:
        return
    try:
        scheme = webhooks.parsed(url).scheme
    except webhooks.WebhookFailed:
        scheme = ""
    if scheme not in ({"https", "http"} if plain_http else {"https"}) or not url.isascii() or " " in url:
        raise BadRequest("webhook", "it is no https URL without a password", "Write https://host/path, or nothing.")
