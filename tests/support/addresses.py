"""E-mail addresses in tests: confirmed without a word, or by the code that a relay took."""

import email
import re
from email.policy import default

from sqlalchemy import delete, update
from support.desk import Participant
from support.receivers import Relay

from otc_desk.db.tables import AddressMail
from otc_desk.db.tables import Participant as Row
from otc_desk.desk import Desk

_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def confirmed(desk: Desk, *parties: Participant) -> None:
    """Their addresses count as confirmed, no code is sent any more, and nobody is told."""
    accounts = [each.account for each in parties]
    with desk.database.writing() as session:
        session.execute(delete(AddressMail).where(AddressMail.account.in_(accounts)))
        session.execute(update(Row).where(Row.account.in_(accounts)).values(email_confirmed_at=desk.now()))


def text_of(message: bytes) -> str:
    """A mail's plain text."""
    found = email.message_from_bytes(message, policy=default).get_body(("plain",))
    assert found is not None
    return str(found.get_content())


def code_of(message: bytes) -> str:
    """The code that stands in a mail."""
    (found,) = _CODE.findall(text_of(message))
    return str(found)


def codes(mails: Relay) -> list[str]:
    """Every code that a relay took, in order."""
    return [code_of(message) for _, message in mails.mails if _CODE.search(text_of(message))]
