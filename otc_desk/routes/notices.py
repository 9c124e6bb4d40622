"""What the desk told its participants, and telling it once more."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from otc_desk import notify
from otc_desk.db.tables import Notice
from otc_desk.once import Written
from otc_desk.routes.callers import CallerOf, DeskOf, IdempotencyKey, write_once
from otc_desk.routes.models import Identifier, Output
from otc_desk.routes.requests import After, Limit

router = APIRouter(prefix="/notices", tags=["notices"])


class UntilOut(Output):
    """A time for programs and people."""

    unix: int = Field(description="Unix seconds UTC.")
    text: str = Field(description="UTC, and your time zone where it differs.")


class NoticeOut(Output):
    """One notice by one channel."""

    id: str = Field(description="Its id: `webhook-id`, and the Message-ID's first part; the same for every try.")
    channel: str = Field(description="`page`, `email` or `webhook`.")
    type: str = Field(description="What happened, such as `agreement.sent`.")
    title: str = Field(description="One line.")
    text: str = Field(description="What happened.")
    next: str = Field(description="What to do next.")
    until: UntilOut | None = Field(description="Until when; null where no time presses.")
    request: str | None = Field(description="The request that it is about.")
    agreement: str | None = Field(description="The agreement that it is about.")
    forward: str | None = Field(description="The forward that it is about.")
    tries: int = Field(description="How often it was sent, or tried.")
    failure: str = Field(description="Why the last try failed; empty where it did not.")
    next_try_at: int | None = Field(description="Unix seconds UTC; null where it is delivered or given up.")
    delivered_at: int | None = Field(description="Unix seconds UTC; null while it is not.")
    created_at: int = Field(description="Unix seconds UTC.")

    @classmethod
    def of(cls, row: Notice) -> "NoticeOut":
        """From the row."""
        payload: dict[str, Any] = json.loads(row.payload)
        data = payload["data"]
        words = {name: data.get(name) for name in ("title", "text", "next", "until", "request", "agreement", "forward")}
        names = ("id", "channel", "tries", "failure", "next_try_at", "delivered_at", "created_at")
        return cls.model_validate({name: getattr(row, name) for name in names} | words | {"type": payload["type"]})


class NoticePage(Output):
    """Some of them."""

    items: list[NoticeOut] = Field(description="Newest first.")
    next: str | None = Field(description="`after` of the next page; null on the last one.")


@router.get("", summary="Your notices")
def listed(desk: DeskOf, caller: CallerOf, after: After = None, limit: Limit = 50) -> NoticePage:
    """What you were told by every channel, newest first."""
    with desk.database.reading() as session:
        rows = notify.listed(session, caller.account, after=after, limit=limit + 1)
        items = [NoticeOut.of(row) for row in rows[:limit]]
    return NoticePage(items=items, next=items[-1].id if len(rows) > limit else None)


@router.post("/{id}/replay", summary="Send a notice once more", status_code=202, response_model=NoticeOut)
def replay(
    request: Request, desk: DeskOf, caller: CallerOf, id: Identifier, key: IdempotencyKey = None
) -> JSONResponse:
    """Under its id, by its channel, to where your profile says now; a webhook that was off is on again."""
    now = desk.now()

    def work(session: Session) -> Written:
        row = notify.replay(session, caller.account, id, now)
        return Written(status=202, body=NoticeOut.of(row).model_dump(mode="json"))

    return write_once(request, desk, caller, key, b"", work)
