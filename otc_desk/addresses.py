"""Whether an e-mail address is its participant's: a code goes there, and nothing else until the code comes back.

Anybody can sign in with a new account and write a stranger's address. So the stranger gets one mail without a word of
the account's choosing, codes are drawn when they are sent and kept as hashes alone, and how often they are sent is
bounded for the account (refused), for the mailbox and in total (sent later: an answer that told of it would tell who
else uses an address). A confirmed address that is changed or removed is told so itself: a thief of a session cannot
take its owner's mail away unseen.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from otc_desk import events
from otc_desk.db.tables import AddressMail, Participant
from otc_desk.errors import TooManyRequests, WrongState
from otc_desk.ids import new_id

CODE, GONE = "code", "gone"
CODE_SECONDS: Final = 3_600
"""How long a code holds from when it is sent: relays that greylist take a quarter of an hour."""
MOST_GUESSES: Final = 5
"""Wrong codes after which the right one is void too."""
ACCOUNT_CODES: Final = 6
"""Codes that one account has sent in a day, wherever to."""
ACCOUNT_GAP_SECONDS: Final = 60
"""Between two of them to the same address."""
ADDRESS_CODES: Final = 4
"""Codes that one mailbox gets in a day, whoever asks."""
RETRY_SECONDS: Final = (60, 600)
"""After a try that the relay did not take; each try has a code of its own."""
LEASE_SECONDS: Final = 300
"""How long one process has a mail to itself; longer than any try takes."""
_DAY: Final = 86_400
_HOUR: Final = 3_600
_LIMIT: Final = 16
"""Mails of one round."""
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for another."""
_LENGTH: Final = 12
"""60 bits: guessed neither at the desk nor, while it holds, from its hash."""
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that is to be sent now, leased."""

    id: str
    """Of its row."""
    message_id: str
    """Another one for each try: a second mail has a second code, and must not be taken for a copy."""
    account: str
    """Whose profile has, or had, the address."""
    to: str
    """The address."""
    code: str = field(default="", repr=False)
    """As it is written; empty where the address is no longer used."""
    until: int | None = None
    """Unix seconds UTC until which the code holds."""
    at: int
    """Unix seconds UTC of this try."""


def changed(session: Session, row: Participant, email: str, now: int, *, mails: bool) -> None:
    """Write a new address, or none: the old one is told if it was confirmed, the new one gets a code.

    `mails` says whether the desk sends e-mail at all. Raises `TooManyRequests`.
    """
    if mails and row.email_confirmed_at is not None:
        _add(session, row, GONE, now)
    _void(session, row.account)
    row.email, row.email_confirmed_at = email, None
    if mails and email:
        _want_code(session, row, now, gap=0)


def again(session: Session, row: Participant, now: int, *, mails: bool) -> None:
    """Send another code; the one before is void. Raises `WrongState`, `TooManyRequests`."""
    _hold_waiting(row)
    if not mails:
        raise WrongState("a code cannot be sent", "a desk without e-mail", "Read your notices on its page.")
    _want_code(session, row, now, gap=ACCOUNT_GAP_SECONDS)
    _record(session, row, "email code asked", now)


def confirm(session: Session, row: Participant, code: str, now: int) -> bool:
    """Whether `code` is the one that the address got, which confirms it. A wrong one is counted: keep the transaction.

    No code, a late one and a wrong one are told alike. Raises `WrongState` where nothing is to be confirmed.
    """
    _hold_waiting(row)
    asked = select(AddressMail).where(AddressMail.account == row.account, AddressMail.code_hash != "")
    found = session.scalars(asked.order_by(AddressMail.created_at.desc(), AddressMail.id.desc()).limit(1)).first()
    if found is None or found.expires_at is None or now > found.expires_at:
        return False
    if hmac.compare_digest(found.code_hash, _hash(row, code.upper().translate(_READ_AS))):
        row.email_confirmed_at = now
        _void(session, row.account)
        _record(session, row, "email confirmed", now)
        return True
    found.guesses += 1
    if found.guesses >= MOST_GUESSES:
        _void(session, row.account)
    _record(session, row, "email code refused", now)
    return False


def take(session: Session, now: int, *, per_hour: int) -> list[Letter]:
    """What is to be mailed now, leased; codes are drawn here and leave nothing but their hash. `per_hour` of them."""
    due = select(AddressMail).where(AddressMail.next_try_at <= now).order_by(AddressMail.next_try_at, AddressMail.id)
    return [
        letter
        for mail in session.scalars(due.limit(_LIMIT)).all()
        if (letter := _letter(session, mail, now, per_hour)) is not None
    ]


def sent(session: Session, letter: Letter) -> None:
    """The relay took it."""
    mail = session.get_one(AddressMail, letter.id)
    mail.next_try_at, mail.address = None, ""


def failed(session: Session, letter: Letter, now: int) -> None:
    """The relay did not take it: again later, or never. A code that is void meanwhile is not sent again."""
    mail = session.get_one(AddressMail, letter.id)
    void = mail.kind == CODE and not mail.code_hash
    if void or mail.tries > len(RETRY_SECONDS):
        mail.next_try_at, mail.address = None, ""
    else:
        mail.next_try_at = now + RETRY_SECONDS[mail.tries - 1]


def _letter(session: Session, mail: AddressMail, now: int, per_hour: int) -> Letter | None:
    row = session.get_one(Participant, mail.account)
    code = ""
    if mail.kind == CODE:
        free_at = _free_at(session, mail, now, per_hour)
        if free_at > now:
            is_late = free_at > mail.created_at + _DAY
            mail.next_try_at = None if is_late else free_at
            session.flush()
            return None
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        mail.code_hash, mail.guesses, mail.expires_at = _hash(row, code), 0, now + CODE_SECONDS
    mail.tries, mail.tried_at, mail.next_try_at = mail.tries + 1, now, now + LEASE_SECONDS
    session.flush()  # the next one of this round counts it
    return Letter(
        id=mail.id,
        message_id=f"{mail.id}.{mail.tries}",
        account=mail.account,
        to=row.email if mail.kind == CODE else mail.address,
        code="-".join(code[first : first + 4] for first in range(0, len(code), 4)),
        until=mail.expires_at,
        at=now,
    )


def _free_at(session: Session, mail: AddressMail, now: int, per_hour: int) -> int:
    """From when one more code may go to that mailbox, and to anybody."""
    sent = select(func.sum(AddressMail.tries), func.min(AddressMail.tried_at)).where(AddressMail.kind == CODE)
    free_at = now
    for most, seconds, which in (
        (ADDRESS_CODES, _DAY, sent.where(AddressMail.address_hash == mail.address_hash)),
        (per_hour, _HOUR, sent),
    ):
        number, first = session.execute(which.where(AddressMail.tried_at > now - seconds)).one()
        if first is not None and number >= most:
            free_at = max(free_at, first + seconds)
    return free_at


def _want_code(session: Session, row: Participant, now: int, *, gap: int) -> None:
    """Have a code sent, within the account's own limits: nobody else's asking is told by them."""
    session.execute(
        delete(AddressMail).where(AddressMail.next_try_at.is_(None), AddressMail.created_at < now - 2 * _DAY)
    )
    asked = select(AddressMail.created_at).where(AddressMail.account == row.account, AddressMail.kind == CODE)
    times = session.scalars(asked.where(AddressMail.created_at > now - _DAY).order_by(AddressMail.created_at)).all()
    if len(times) >= ACCOUNT_CODES:
        raise TooManyRequests(times[-ACCOUNT_CODES] + _DAY - now)
    if times and times[-1] + gap > now:
        raise TooManyRequests(times[-1] + gap - now)
    _void(session, row.account)
    _add(session, row, CODE, now)


def _add(session: Session, row: Participant, kind: str, now: int) -> None:
    session.add(
        AddressMail(
            id=new_id(),
            account=row.account,
            kind=kind,
            address=row.email if kind == GONE else "",
            address_hash=hashlib.sha256(_mailbox(row.email).encode()).hexdigest(),
            next_try_at=now,
            created_at=now,
        )
    )
    session.flush()


def _void(session: Session, account: str) -> None:
    """No code of the account counts any more, nor is one sent that waits."""
    codes = update(AddressMail).where(AddressMail.account == account, AddressMail.kind == CODE)
    session.execute(codes.values(code_hash="", expires_at=None, next_try_at=None))


def _hold_waiting(row: Participant) -> None:
    if not row.email:
        raise WrongState("there is nothing to confirm", "no address in your profile", "Write one first.")
    if row.email_confirmed_at is not None:
        raise WrongState("there is nothing to confirm", "confirmed already", "Notices go there.")


def _hash(row: Participant, code: str) -> str:
    return hashlib.sha256("\0".join((row.account, row.email, code)).encode()).hexdigest()


def _mailbox(email: str) -> str:
    """One name for all spellings that commonly reach one mailbox: case and what follows a `+` make no other."""
    name, _, host = email.lower().rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def _record(session: Session, row: Participant, what: str, now: int) -> None:
    events.record(session, at=now, actor=row.account, object="participant", object_id=row.account, what=what)
