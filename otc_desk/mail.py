"""A notice as e-mail: plain text and the same as simple HTML. The same notice gives the same bytes."""

import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any, Final

from otc_desk.settings import MailSettings

TIMEOUT_SECONDS: Final = 20
_FOOT: Final = (
    "The desk never asks for a key, a password or a transfer by e-mail. Before you approve, compare the digests that "
    "your wallet shows with those of the desk on a second device."
)


class MailFailed(Exception):  # noqa: N818 - never leaves the notifier
    """The relay did not take it; the text names no address."""


def compose(
    notice: str, payload: Mapping[str, Any], *, to: str, sender: str, url: str, created_at: int
) -> EmailMessage:
    """The mail of a notice. `notice` is its id, which makes the Message-ID: a second copy is seen as one."""
    data = payload["data"]
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, to
    message["Subject"] = " ".join(f"IFX: {data['title']}".split())
    message["Date"] = format_datetime(datetime.fromtimestamp(created_at, UTC))
    message["Message-ID"] = f"<{notice}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        "\n\n".join(f"{label}{text}" for label, text in _parts(data, url)) + "\n", cte="quoted-printable"
    )
    message.add_alternative(_html(data, url), subtype="html", cte="quoted-printable")
    message.set_boundary(f"ifx-{hashlib.sha256(notice.encode()).hexdigest()[:32]}")
    return message


def send(message: EmailMessage, settings: MailSettings, *, to: str, authorities: ssl.SSLContext | None = None) -> None:
    """Hand it to the relay. Encrypted, nothing is said before the relay's certificate holds, or at all.

    `authorities` says whose certificates count; None: those that the machine trusts. Raises `MailFailed`.
    """
    try:
        with _connected(settings, authorities) as relay:
            relay.send_message(message, from_addr=settings.sender, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _ in error.recipients.values()})
        raise MailFailed(f"the relay refused the recipient ({', '.join(map(str, codes))})") from error
    except smtplib.SMTPResponseException as error:
        raise MailFailed(f"the relay answered {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise MailFailed(f"the relay was not reached ({type(error).__name__})") from error


def _connected(settings: MailSettings, authorities: ssl.SSLContext | None) -> smtplib.SMTP:
    """A connection as the settings want it, on which nothing was said but what begins the encryption."""
    context = authorities or ssl.create_default_context()
    if settings.encryption == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_SECONDS, context=context)
    relay = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
    if settings.encryption == "starttls":
        try:
            relay.starttls(context=context)
        except (smtplib.SMTPException, OSError):
            relay.close()
            raise
    return relay


def _parts(data: Mapping[str, Any], url: str) -> list[tuple[str, str]]:
    """Label and text of each paragraph."""
    found = [("", str(data["title"])), ("", str(data["text"])), ("What to do next: ", str(data["next"]))]
    if data.get("until"):
        found.append(("Until: ", str(data["until"]["text"])))
    found += [
        (f"{name.capitalize()}: ", str(data[name])) for name in ("request", "agreement", "forward") if data.get(name)
    ]
    return [*found, ("", f"{_FOOT} The desk: {url}")]


def _html(data: Mapping[str, Any], url: str) -> str:
    """The same paragraphs; no link to click but the text itself, no picture, no script."""
    paragraphs = "\n".join(
        f"<p>{f'<strong>{escape(label.strip())}</strong> ' if label else ''}{escape(text)}</p>"
        for label, text in _parts(data, url)
    )
    return f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><body>\n{paragraphs}\n</body></html>\n'
