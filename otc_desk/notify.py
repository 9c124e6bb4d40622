"""Delivery of notices: at least once, under the same id each time, for days; what fails is kept and can be replayed.

    Notifier(desk).run(stop)        in a thread of its own: a slow receiver must not hold a booking up

A round reads the trail, takes what is due under a lease, sends outside of any transaction, and notes what came of it.
A process that dies in between leaves the lease to lapse, and the notice is sent again.
"""

import json
import ssl
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.errors import MessageError
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from otc_desk import addresses, events, mail, saying, webhooks
from otc_desk.addresses import Letter
from otc_desk.db.tables import Notice, Participant
from otc_desk.desk import Desk
from otc_desk.errors import NotFound, NotNow, WrongState
from otc_desk.logs import fault_of, logger
from otc_desk.notices import BATCH, EMAIL, PAGE, WEBHOOK, Told, derive, payload_of

RETRY_SECONDS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After each failed try: more than three days in all, as Standard Webhooks proposes."""
LEASE_SECONDS: Final = 300
"""How long one process has a notice to itself; longer than any try takes."""
MOST_FAILURES: Final = 100
"""Failed tries in a row after which a webhook is switched off, whatever their notices."""
ROUND_SECONDS: Final = 2
STOP_SECONDS: Final = 40
"""How long a round may take when the process is told to end: two tries that time out."""
_AT_ONCE: Final = 8
_LIMIT: Final = 64
"""Notices of one round. Every account's next one comes before anybody's second: who has a thousand waits longer."""
FAULTS: Final = (
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    OSError,
    MessageError,
)
"""What a fault of ours, or of a library that met a text it did not foresee, can be: it costs this notice a try."""


class Notifier:
    """One desk's notices."""

    def __init__(
        self,
        desk: Desk,
        look_up: webhooks.Resolve = webhooks.resolve,
        *,
        authorities: ssl.SSLContext | None = None,
    ) -> None:
        """`look_up` resolves webhooks' hosts, `authorities` vouch for them and the relay; None: the public web's."""
        self._desk, self._look_up, self._authorities = desk, look_up, authorities

    def act(self) -> int:
        """One round: how many notices were tried. Raises `NotNow`."""
        desk = self._desk
        operators, mails = desk.settings.operators, desk.settings.mail is not None
        while (
            desk.database.write(lambda session: derive(session, operators=operators, mails=mails, now=desk.now()))
            == BATCH
        ):
            pass
        due = desk.database.write(self._take)
        letters = desk.database.write(self._take_letters) if mails else []
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            list(pool.map(self._deliver, due))
            list(pool.map(self._deliver_letter, letters))
        return len(due) + len(letters)

    def run(self, stop: threading.Event) -> None:
        """Round after round until stopped; a database that does not answer is asked again."""
        while not stop.is_set():
            try:
                self.act()
            except NotNow as error:
                logger().warning("notices", why=error.what)
            except (SQLAlchemyError, *FAULTS) as error:
                # Notices are not worth the desk's end: it books without them, and the log says what is wrong.
                logger().critical("the notices failed", fault=fault_of(error))
            stop.wait(ROUND_SECONDS)

    def _take(self, session: Session) -> Sequence[str]:
        """Ids of what is due, leased."""
        now = self._desk.now()
        place = func.row_number().over(partition_by=Notice.account, order_by=(Notice.next_try_at, Notice.id))
        waiting = (
            select(Notice.id, Notice.next_try_at, place.label("place")).where(Notice.next_try_at <= now).subquery()
        )
        order = (waiting.c.place, waiting.c.next_try_at, waiting.c.id)
        due = session.scalars(select(waiting.c.id).order_by(*order).limit(_LIMIT)).all()
        session.execute(update(Notice).where(Notice.id.in_(due)).values(next_try_at=now + LEASE_SECONDS))
        return due

    def _take_letters(self, session: Session) -> list[Letter]:
        return addresses.take(session, self._desk.now(), per_hour=self._desk.settings.limits.codes_per_hour)

    def _deliver_letter(self, letter: Letter) -> None:
        """To an address as such: a code, or that it is no longer used."""
        try:
            self._send_letter(letter)
        except (mail.MailFailed, *FAULTS) as error:
            why = str(error) if isinstance(error, mail.MailFailed) else fault_of(error)
            logger().warning("mail to an address", id=letter.id, why=why)
            self._desk.database.write(lambda session: addresses.failed(session, letter, self._desk.now()))
        else:
            self._desk.database.write(lambda session: addresses.sent(session, letter))

    def _send_letter(self, letter: Letter) -> None:
        settings, url = self._desk.settings.mail, self._desk.settings.url
        if settings is None:
            raise mail.MailFailed("there is no relay")
        said = saying.to_old_address(letter.account)
        if letter.until is not None:
            said = saying.to_new_address(letter.account, letter.code, letter.until)
        payload = payload_of(Told(account=letter.account, said=said, links={}), letter.at, zone="")
        message = mail.compose(
            letter.message_id, payload, to=letter.to, sender=settings.sender, url=url, created_at=letter.at
        )
        mail.send(message, settings, to=letter.to, authorities=self._authorities)

    def _deliver(self, id: str) -> None:
        with self._desk.database.reading() as session:
            notice = session.get(Notice, id)
            participant = None if notice is None else session.get(Participant, notice.account)
        if notice is None or participant is None:
            return
        try:
            self._send(notice, participant)
        except mail.MailFailed as error:
            self._desk.database.write(lambda session, why=str(error): self._failed(session, id, why))  # type: ignore[misc]
        except webhooks.WebhookFailed as error:
            self._desk.database.write(
                lambda session, e=error: self._failed(session, id, str(e), is_gone=e.is_gone)  # type: ignore[misc]
            )
        except FAULTS as error:
            logger().error("a notice failed", id=id, fault=fault_of(error))
            self._desk.database.write(lambda session: self._failed(session, id, "the desk could not send it"))
        else:
            self._desk.database.write(lambda session: self._delivered(session, id))

    def _send(self, notice: Notice, participant: Participant) -> None:
        """One try; whom it goes to is what the profile says now."""
        desk, payload = self._desk, json.loads(notice.payload)
        if notice.channel == EMAIL:
            if desk.settings.mail is None or participant.email_confirmed_at is None:
                raise mail.MailFailed("there is no confirmed e-mail address, or no relay")
            message = mail.compose(
                notice.id,
                payload,
                to=participant.email,
                sender=desk.settings.mail.sender,
                url=desk.settings.url,
                created_at=notice.created_at,
            )
            mail.send(message, desk.settings.mail, to=participant.email, authorities=self._authorities)
            return
        if not participant.webhook:
            raise webhooks.WebhookFailed("there is no webhook any more")
        plain = desk.settings.url.startswith("http://")  # a desk on a development machine, as in `participants`
        target = webhooks.target_of(participant.webhook, self._look_up, allow_loopback=plain)
        secret, now = participant.webhook_secret, desk.now()
        webhooks.post(target, secret, notice.id, notice.payload, now, authorities=self._authorities)

    def _delivered(self, session: Session, id: str) -> None:
        notice = session.get(Notice, id)
        if notice is None:
            return
        notice.tries, notice.failure = notice.tries + 1, ""
        notice.delivered_at, notice.next_try_at = self._desk.now(), None
        if notice.channel == WEBHOOK:
            session.execute(update(Participant).where(Participant.account == notice.account).values(webhook_failures=0))

    def _failed(self, session: Session, id: str, why: str, *, is_gone: bool = False) -> None:
        notice, now = session.get(Notice, id), self._desk.now()
        if notice is None:
            return
        notice.tries, notice.failure = notice.tries + 1, why
        is_over = is_gone or notice.tries > len(RETRY_SECONDS)
        notice.next_try_at = None if is_over else now + RETRY_SECONDS[notice.tries - 1]
        session.flush()
        logger().warning("notice", id=id, channel=notice.channel, tries=notice.tries, why=why)
        if notice.channel == WEBHOOK:
            participant = session.get_one(Participant, notice.account)
            participant.webhook_failures += 1
            if is_over or participant.webhook_failures >= MOST_FAILURES or participant.webhook_off_at is not None:
                _switch_off(session, participant, now)  # also what was under way when it was switched off


@contextmanager
def notifying(desk: Desk) -> Iterator[None]:
    """Deliver in a thread while the block runs; a fault that nobody foresaw is logged, and the next round is tried."""
    stop = threading.Event()
    thread = threading.Thread(target=Notifier(desk).run, args=(stop,), name="notices", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_SECONDS)


def replay(session: Session, account: str, id: str, now: int) -> Notice:
    """Send a notice once more, under its id; it also switches its webhook on again. Raises `NotFound`, `WrongState`."""
    notice = session.get(Notice, id)
    if notice is None or notice.account != account:
        raise NotFound("notice")
    if notice.channel == PAGE:
        raise WrongState("this notice cannot be sent", "for the page alone", "Replay the one of e-mail or webhook.")
    if notice.channel == WEBHOOK:
        participant = session.get_one(Participant, account)
        participant.webhook_off_at, participant.webhook_failures = None, 0
    notice.tries, notice.failure, notice.delivered_at, notice.next_try_at = 0, "", None, now
    return notice


def listed(session: Session, account: str, *, after: str | None, limit: int) -> Sequence[Notice]:
    """An account's notices, newest first; `after` is the last id of the page before."""
    asked = select(Notice).where(Notice.account == account)
    if after is not None:
        asked = asked.where(Notice.id < after)
    return session.scalars(asked.order_by(Notice.id.desc()).limit(limit)).all()


def _switch_off(session: Session, participant: Participant, now: int) -> None:
    """Stop posting there; what waits is given up, kept, and can be replayed."""
    was_on = participant.webhook_off_at is None
    participant.webhook_off_at = participant.webhook_off_at or now
    session.execute(
        update(Notice)
        .where(Notice.account == participant.account, Notice.channel == WEBHOOK, Notice.next_try_at.is_not(None))
        .values(next_try_at=None, failure="the webhook is switched off")
    )
    if was_on:
        events.record(
            session,
            at=now,
            actor=events.DESK,
            object="participant",
            object_id=participant.account,
            what="webhook off",
            detail={"failures": participant.webhook_failures},
        )
