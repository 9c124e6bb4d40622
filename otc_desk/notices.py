"""Notices out of the audit trail: every event is read once, in order, and what it means for whom is written down.

The trail and a cursor in the same database make it lose nothing: an event is there if and only if its change is, and
the cursor moves in the transaction that writes the notices. No other part of the desk has to think of telling anybody.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ifx_sdk.money import format_amount, format_quantity
from ifx_sdk.signing import Message
from otc_desk import saying
from otc_desk.agreements import message_of
from otc_desk.db.tables import Agreement, Event, Notice, NoticeCursor, Participant, Party, Request
from otc_desk.events import canonical_json
from otc_desk.ids import new_id
from otc_desk.saying import Said

PAGE, EMAIL, WEBHOOK = "page", "email", "webhook"
BATCH: Final = 200
"""Events that one transaction reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice before it has a channel."""

    account: str
    """To whom, checksummed."""
    said: Said
    """The words."""
    links: Mapping[str, object]
    """Ids: `request`, `agreement`, `forward`."""


def derive(session: Session, *, operators: Sequence[str], mails: bool, now: int) -> int:
    """Write the notices of the events that were not read yet, and how many events were read; at most `BATCH`.

    `mails` says whether the desk sends e-mail at all.
    """
    cursor = session.get(NoticeCursor, 1)
    if cursor is None:
        cursor = NoticeCursor(id=1, seq=0)
        session.add(cursor)
    asked = select(Event).where(Event.seq > cursor.seq).order_by(Event.seq).limit(BATCH)
    rows = session.scalars(asked).all()
    for event in rows:
        for told in told_of(session, event, operators):
            _write(session, event, told, mails=mails, now=now)
        cursor.seq = event.seq
    return len(rows)


def told_of(session: Session, event: Event, operators: Sequence[str]) -> Iterator[Told]:
    """Whom an event concerns, and what they are told."""
    detail = json.loads(event.detail)
    if event.object == "request":
        yield from _of_request(session, event, detail, operators)
    elif event.object == "agreement":
        yield from _of_agreement(session, event, detail)
    elif event.object == "participant":
        about = saying.about_participant(event.what, detail)
        if about is not None:
            yield Told(account=event.object_id, said=about, links={})


def _of_request(session: Session, event: Event, detail: Mapping[str, Any], operators: Sequence[str]) -> Iterator[Told]:
    request = session.get(Request, event.object_id)
    if request is None:
        return
    name = f"{request.side} {request.underlying}, {format_quantity(int(detail.get('quantity', request.quantity)))}"
    links = {"request": request.id}
    if event.what == "submitted":
        for operator in operators:
            yield Told(account=operator, said=saying.to_operator(name), links=links)
        return
    said = saying.about_request(event.what, detail, name, request.valid_until)
    if said is not None:
        yield Told(account=request.account, said=said, links=links)


def _of_agreement(session: Session, event: Event, detail: Mapping[str, Any]) -> Iterator[Told]:
    agreement = session.get(Agreement, event.object_id)
    if agreement is None:
        return
    message = message_of(agreement)
    links = {"agreement": agreement.id, "forward": agreement.forward}
    if event.what in ("matured", "settled"):
        yield from _of_forward(event.what, detail, message, links)
        return
    earlier = select(func.count()).where(
        Event.object == "agreement", Event.object_id == agreement.id, Event.seq < event.seq
    )
    is_first = not session.scalar(earlier)
    parties = session.scalars(select(Party).where(Party.agreement == agreement.id).order_by(Party.role)).all()
    for party in parties:
        said = saying.about_agreement(event.what, detail, message, is_first=is_first, own_role=party.role)
        if said is not None:
            yield Told(account=party.account, said=said, links=links)


def _of_forward(what: str, detail: Mapping[str, Any], message: Message, links: Mapping[str, object]) -> Iterator[Told]:
    name = saying.named(message)
    for side in ("long", "short"):
        said = saying.about_maturity(name)
        if what == "settled":
            payout = format_amount(int(detail[f"{side}_payout"]))
            said = saying.about_settlement(name, payout, int(detail["price"]), str(detail["tx_hash"]))
        yield Told(account=str(detail[side]), said=said, links=links)


def _write(session: Session, event: Event, told: Told, *, mails: bool, now: int) -> None:
    """One row for each channel that the participant has; an account that never signed in has none."""
    participant = session.get(Participant, told.account)
    if participant is None:
        return
    channels = [PAGE]
    channels += [EMAIL] if mails and participant.email_confirmed_at is not None else []
    channels += [WEBHOOK] if participant.webhook and participant.webhook_off_at is None else []
    payload = canonical_json(payload_of(told, event.at, participant.zone))
    for channel in channels:
        session.add(
            Notice(
                id=new_id(),
                account=told.account,
                channel=channel,
                event=event.seq,
                payload=payload,
                next_try_at=None if channel == PAGE else now,
                delivered_at=now if channel == PAGE else None,
                created_at=now,
            )
        )
    session.flush()


def payload_of(told: Told, at: int, zone: str) -> dict[str, object]:
    """A notice as a webhook gets it: type, time, and data, as Standard Webhooks has it. No contact data, no names."""
    said = told.said
    until = None if said.until is None else saying.times(said.until, zone)
    data = {"title": said.title, "text": said.text, "next": said.next, "until": until, **told.links}
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": said.type, "timestamp": stamp, "data": data}
