"""What a desk says, for people and for programs; and the two halves of a Safe's sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ifx_sdk.calendar import date_of, day_of, format_time
from ifx_sdk.cli.output import aligned, table
from ifx_sdk.money import format_price, format_quantity

if TYPE_CHECKING:
    from ifx_sdk.cli.session import Session
    from ifx_sdk.desk.inbox import Waiting
    from ifx_sdk.desk.requests import Profile, Request


def profile_document(found: Profile) -> dict[str, object]:
    """A profile for programs, the webhook's secret among it."""
    return found.model_dump()


def profile_text(found: Profile) -> str:
    """A profile for people; the webhook's secret is for programs."""
    email = found.email or "none"
    if found.email and found.email_confirmed_at is None:
        email += " (waits for the code that is mailed there: ifx profile confirm CODE)"
    webhook = found.webhook or "none"
    if found.webhook_off_at is not None:
        webhook += f" (off since {format_time(found.webhook_off_at)}: it failed for days)"
    rows = [
        ("account", found.account),
        ("name", found.name or "none"),
        ("e-mail", email),
        ("webhook", webhook),
        ("time zone", found.zone or "UTC"),
        ("first sign-in", format_time(found.created_at)),
    ]
    return aligned(rows)


def request_document(found: Request) -> dict[str, object]:
    """A request for programs."""
    return found.model_dump()


def request_text(found: Request) -> str:
    """A request for people."""
    rows = [
        ("request", found.id),
        ("state", found.state + (f": {found.reason}" if found.reason else "")),
        ("side", found.side),
        ("underlying", found.underlying),
        ("size", format_quantity(found.quantity)),
        ("maturity", _tenor(found)),
        ("settles on", "one day" if found.averaging_days == 1 else f"the mean of {found.averaging_days} days"),
        ("limit", _limit(found)),
        ("valid until", format_time(found.valid_until)),
        ("agreement", found.agreement or "none yet"),
    ]
    return aligned(rows)


def requests_table(found: Sequence[Request]) -> str:
    """Requests for people, a line each."""
    if not found:
        return "no requests"
    header = ("id", "state", "side", "underlying", "size", "maturity", "limit", "agreement")
    rows = [
        (
            each.id,
            each.state,
            each.side,
            each.underlying,
            format_quantity(each.quantity),
            _tenor(each),
            _limit(each),
            each.agreement or "",
        )
        for each in found
    ]
    return table(header, rows)


def inbox_table(found: Sequence[Waiting]) -> str:
    """What waits, for people; the last column is what to do."""
    if not found:
        return "nothing waits for you"
    rows = [("" if each.until is None else format_time(each.until), each.kind, each.what, each.do) for each in found]
    return table(("until", "kind", "what", "do"), rows)


def signing_in(
    session: Session, message: str | None, signature: str | None, out: str | None
) -> tuple[dict[str, object], str]:
    """Either half of a Safe's sign-in: what to sign, or the token of what was signed."""
    from ifx_sdk.cli.errors import MissingOption
    from ifx_sdk.cli.reading import hex_bytes, read_file, write_new
    from ifx_sdk.errors import BadSignature
    from ifx_sdk.safe_message import safe_message_hash
    from ifx_sdk.sign_in import SignIn

    with session.unsigned_desk() as desk:
        if message is None:
            if out is None:
                raise MissingOption("file for the message", "--out", form="sign-in.txt")
            text = desk.sign_in_message()
            found = SignIn.parse(text)
            write_new(out, text)
            owners = "0x" + safe_message_hash(found.digest(), found.account, found.chain_id).hex()
            digest = "0x" + found.digest().hex()
            rows = [("message", out), ("digest", digest), ("each owner signs", owners)]
            return {"message": out, "digest": digest, "safe_message_hash": owners}, f"{text}\n\n{aligned(rows)}"
        given = None if signature is None else hex_bytes(signature)
        if given is None:
            raise BadSignature("it is not 0x and whole bytes in hexadecimal")
        signed = desk.sign_in(read_file(message).decode("utf-8", "replace"), given)
    rows = [
        ("signed in", signed.account),
        ("until", format_time(signed.expires_at)),
        ("IFX_DESK_TOKEN", str(signed.token)),
    ]
    return signed.model_dump(include={"account", "token", "expires_at"}), aligned(rows)


def _tenor(found: Request) -> str:
    if found.months is not None:
        return f"{found.months}M"
    return date_of(day_of(found.maturity)).isoformat()


def _limit(found: Request) -> str:
    return "indicative" if found.limit_price is None else format_price(found.limit_price)
